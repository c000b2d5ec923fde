import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** The response to an offer of another protocol, such as HTTP/2: before 24.9, Node has no `shouldUpgradeCallback` and reports the offer as an upgrade. */
export function responseToOffer(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  return response;
}

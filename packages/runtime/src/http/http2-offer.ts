import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** Some clients offer HTTP/2 with every request; an offer that is not taken leaves a plain request. */
export function isOfferOfHttp2({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "h2c";
}

/** Before 24.9, Node knows no `shouldUpgradeCallback` and reports an offer of HTTP/2 as an upgrade: makes it a request. */
export function responseToOffer(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  return response;
}

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { serveForTest, type Served } from "@appenv-internal/conformance";
import { onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { WebSocketAppEnvironment, type SocketRouter } from "../src/index.ts";

/** Serves sockets on a free port. */
export function serve(sockets: SocketRouter<any>): Promise<Served> {
  return serveForTest(new WebSocketAppEnvironment({ name: "sockets", sockets, requiresAuth: false }));
}

/** A foreign client with what it has received. */
export interface Client {
  readonly socket: WebSocket;
  readonly messages: string[];
  /** Resolves with the next message that was not taken yet. */
  next(): Promise<string>;
  /** Resolves when it is closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export async function open(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), protocols, options);
  const messages: string[] = [];
  let taken = 0;
  socket.on("message", (data) => messages.push(String(data)));
  socket.on("error", () => {});
  onTestFinished(() => socket.terminate());
  const closed = once(socket, "close").then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
  await once(socket, "open");
  const next = async (): Promise<string> => {
    while (messages.length <= taken) await once(socket, "message");
    return messages[taken++]!;
  };
  return { socket, messages, next, closed };
}

/** The plain HTTP answer to an upgrade. */
export async function refused(
  url: string,
  options: ClientOptions = {},
): Promise<{ status: number | undefined; type: string | undefined; retryAfter: string | undefined; body: any }> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), [], options);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const answer = {
    status: response.statusCode,
    type: response.headers["content-type"],
    retryAfter: response.headers["retry-after"],
    body: JSON.parse(await text(response)),
  };
  socket.on("error", () => {}).terminate();
  return answer;
}

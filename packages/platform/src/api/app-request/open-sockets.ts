import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { WebSocket, type RawData } from "ws";
import { AppEnvError } from "@appenv/core";
import type { OpenSocketRequest, OpenSocketResponseSchema, SendToSocketRequest } from "@appenv/protocol";
import { EventQueue } from "../../process/event-queue.ts";
import { subjectOf, type Principal } from "../access/principal.ts";
import { invalidRequest } from "../requests/ids.ts";
import { readPath, type RequestTarget } from "./target.ts";

type SocketInit = MessageInitShape<typeof OpenSocketResponseSchema>;

interface OpenSocket {
  readonly socket: WebSocket;
  readonly opener: string;
}

/** Maximum sockets that are open at once. */
const mostSockets = 20;
/** Maximum bytes of a message. */
const messageBytes = 1024 * 1024;
/** Maximum messages that wait for the opener; one that reads more slowly is closed. */
const mostWaiting = 1_000;
/** A socket is closed after this long, in milliseconds. */
const longestMs = 3_600_000;

/** The WebSockets to apps that people have open. */
export class OpenSockets {
  readonly #open: Map<string, OpenSocket> = new Map();

  /** Opens one, and tells what is heard on it until it is closed or `signal` is aborted. @throws AppEnvError INVALID_OPTION. */
  async *open(
    target: RequestTarget,
    { path, protocols }: OpenSocketRequest,
    opener: Principal | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SocketInit> {
    if (this.#open.size >= mostSockets) throw invalidRequest(`${mostSockets} sockets are open.`, "Close one of them.");
    const name = randomUUID();
    const heard = new EventQueue<SocketInit>();
    const socket = connect(target, readPath(path), protocols);
    this.#open.set(name, { socket, opener: nameOf(opener) });
    listen(socket, name, heard);
    const stop = (): void => socket.close(1001, "The page has gone.");
    const timer = setTimeout(() => socket.close(1000, "It was open for an hour."), longestMs);
    signal.addEventListener("abort", stop);
    try {
      if (signal.aborted) stop();
      for (let events = await heard.takeAll(); events !== undefined; events = await heard.takeAll()) yield* events;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#open.delete(name);
      if (socket.readyState !== WebSocket.CLOSED) stop();
    }
  }

  /** Sends a message on a socket. @throws AppEnvError NOT_FOUND, PAYLOAD_TOO_LARGE. */
  async send({ socket: name, message }: SendToSocketRequest, sender: Principal | undefined): Promise<void> {
    const { socket } = this.#find(name, sender);
    const content = message?.content;
    if (content?.case === undefined)
      throw invalidRequest("The message is neither a text nor bytes.", "Send one of them.");
    const size = Buffer.byteLength(content.value);
    if (size > messageBytes)
      throw new AppEnvError("PAYLOAD_TOO_LARGE", `The message has ${size} bytes; ${messageBytes} may be sent.`);
    await new Promise<void>((resolve, reject) =>
      socket.send(content.value, (error) => (error ? reject(closed()) : resolve())),
    );
  }

  /** Closes a socket. @throws AppEnvError NOT_FOUND. */
  close(name: string, sender: Principal | undefined): void {
    this.#find(name, sender).socket.close(1000);
  }

  #find(name: string, sender: Principal | undefined): OpenSocket {
    const found = this.#open.get(name);
    if (found === undefined || found.opener !== nameOf(sender) || found.socket.readyState !== WebSocket.OPEN)
      throw closed();
    return found;
  }
}

function connect({ host, port, headers }: RequestTarget, path: string, protocols: readonly string[]): WebSocket {
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    return new WebSocket(`ws://${authority}${path}`, [...protocols], {
      headers,
      followRedirects: false,
      maxPayload: messageBytes,
      perMessageDeflate: false,
      handshakeTimeout: 70_000,
    });
  } catch (error) {
    throw invalidRequest(
      `The socket cannot be opened: ${(error as Error).message}.`,
      "Correct the path or the subprotocols.",
    );
  }
}

function listen(socket: WebSocket, name: string, heard: EventQueue<SocketInit>): void {
  let failure = "";
  socket.on("open", () =>
    heard.push({ event: { case: "opened", value: { socket: name, protocol: socket.protocol } } }),
  );
  socket.on("message", (data, isBinary) => {
    heard.push({ event: { case: "message", value: messageOf(data, isBinary) } });
    if (heard.length > mostWaiting) socket.close(1008, "The page reads too slowly.");
  });
  socket.on("unexpected-response", (request, { statusCode }) => {
    failure = `The app answered with status ${statusCode}.`;
    request.destroy();
    socket.terminate();
  });
  socket.on("error", (error) => (failure ||= error.message));
  socket.on("close", (code, reason) => {
    heard.push({ event: { case: "closed", value: { code, reason: failure || reason.toString("utf8") } } });
    heard.end();
  });
}

function messageOf(
  data: RawData,
  isBinary: boolean,
): MessageInitShape<typeof import("@appenv/protocol").SocketMessageSchema> {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
  return { content: isBinary ? { case: "binary", value: bytes } : { case: "text", value: bytes.toString("utf8") } };
}

function nameOf(principal: Principal | undefined): string {
  return principal === undefined ? "" : subjectOf(principal);
}

function closed(): AppEnvError {
  return new AppEnvError("NOT_FOUND", "The socket is not open.", { fix: "Open it again." });
}

import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/**
 * The public listener of an app: it passes each request on to the port that the route names, as the gateway of Knative
 * does. Without a route it answers 404.
 */
export class Front {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: () => number | undefined) {
    this.#server = createServer((incoming, response) => {
      const port = target();
      if (port === undefined) return void response.writeHead(404).end();
      const { method, url, headers } = incoming;
      const onward = request({ host: "127.0.0.1", port, method, path: url, headers: forwarded(incoming, headers) });
      onward.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
        answer.once("error", () => response.destroy());
      });
      onward.once("error", () => {
        if (response.headersSent) response.destroy();
        else response.writeHead(503).end("upstream connect error or disconnect/reset before headers");
      });
      response.once("close", () => onward.destroy());
      incoming.pipe(onward);
    });
    this.#server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      const port = target();
      if (port === undefined) return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      passOn(incoming, socket, head, port);
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port. @param target - The port of the revision that the route names. */
  static async open(target: () => number | undefined): Promise<Front> {
    const front = new Front(target);
    await new Promise<void>((resolve) => front.#server.listen(0, "127.0.0.1", resolve));
    return front;
  }

  /** For example `http://127.0.0.1:30081`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** A socket to the app, with the request for it as it came. */
function passOn(incoming: IncomingMessage, socket: Socket, head: Buffer, port: number): void {
  const onward = connect({ host: "127.0.0.1", port });
  const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
  }
  onward.write(`${lines.join("\r\n")}\r\n\r\n`);
  onward.write(head);
  socket.pipe(onward).pipe(socket);
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    one.once("error", () => other.destroy()).once("close", () => other.destroy());
  }
}

function forwarded({ socket }: IncomingMessage, headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return { ...headers, "x-forwarded-for": socket.remoteAddress ?? "", "x-forwarded-proto": "http" };
}

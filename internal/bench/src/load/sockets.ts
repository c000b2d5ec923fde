import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The messages between clients and a server. */
export interface Dialect {
  readonly path: string;
  /** Sent after the upgrade; the server answers once before and once after it. */
  readonly hello?: string;
  /** The message of one client, and the message that everybody gets for it. */
  readonly message: string;
}

const text = "x".repeat(100);
export const webSocket: Dialect = { path: "/", message: JSON.stringify({ text }) };
export const socketIo: Dialect = {
  path: "/socket.io/?EIO=4&transport=websocket",
  hello: "40",
  message: `42${JSON.stringify(["said", { text }])}`,
};

/** Many WebSockets that only count bytes, so that the load itself costs as little as possible. */
export class Sockets implements Disposable {
  readonly #sockets: Socket[];
  readonly #frame: Buffer;
  /** Size of the server's frame of the message, which has no mask. */
  readonly #received: number;
  #bytes = 0;
  #counted: () => void = () => {};
  #lost: () => void = () => {};

  private constructor(sockets: Socket[], message: string) {
    this.#sockets = sockets;
    this.#frame = frameOf(message);
    this.#received = this.#frame.length - 4;
    for (const socket of sockets) {
      socket.on("data", (data) => {
        this.#bytes += data.length;
        this.#counted();
      });
      socket.once("close", () => this.#lost());
    }
  }

  static async open(port: number, count: number, dialect: Dialect): Promise<Sockets> {
    const sockets: Socket[] = [];
    for (let opened = 0; opened < count; opened += 1) sockets.push(await open(port, dialect));
    return new Sockets(sockets, dialect.message);
  }

  /** Has one client send a number of messages at once. Resolves when everybody has received them. @throws Error if a socket is lost. */
  async say(messages: number): Promise<void> {
    const expected = this.#received * this.#sockets.length * messages;
    this.#bytes = 0;
    for (let said = 0; said < messages; said += 1) this.#sockets[0]?.write(this.#frame);
    await new Promise<void>((resolve, reject) => {
      this.#lost = () => reject(new Error("The server has closed a socket."));
      this.#counted = () => {
        if (this.#bytes >= expected) resolve();
      };
      this.#counted();
    });
  }

  [Symbol.dispose](): void {
    this.#lost = () => {};
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function open(port: number, { path, hello }: Dialect): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  if (hello === undefined) {
    await once(socket, "data");
    return socket;
  }
  await until(socket, "maxPayload");
  socket.write(frameOf(hello));
  await until(socket, "40{");
  return socket;
}

async function until(socket: Socket, expected: string): Promise<void> {
  let seen = "";
  while (!seen.includes(expected)) seen += String((await once(socket, "data"))[0]);
}

/** A client's frame of a text of less than 64 KiB, with a mask of zeros. */
function frameOf(message: string): Buffer {
  const payload = Buffer.from(message);
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}

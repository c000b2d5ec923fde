import { protocolName, type ClientMessage, type ErrorMessage, type ServerMessage } from "../protocol.ts";
import { backoffMs, reconnectHintMs, type Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import { ticketProtocol } from "./ticket.ts";

/** The options of a connection to any route. */
export interface SessionOptions {
  /** The waits before connecting again. */
  readonly backoff?: Backoff;
  /** Ends the session when it is aborted. */
  readonly signal?: AbortSignal;
  /** Maximum messages that wait to be sent while there is no connection; `send` refuses more. Default 1,000. */
  readonly queue?: number;
  /**
   * Gives a ticket before each connection, for example by `fetchTicket`: so a browser connects to an app with
   * `requiresAuth`. Where it fails, it is asked again after a while.
   */
  readonly ticket?: () => string | Promise<string>;
  /** Makes the WebSocket, for example one of `ws` that sends headers. Default: the global `WebSocket`. */
  readonly open?: (address: string, protocols: string[]) => WebSocket;
}

/** A message with where it came from. */
export interface ReceivedMessage<Receive> {
  readonly data: Receive;
  /** The room it was broadcast to; undefined if it was sent to this client alone. */
  readonly room: string | undefined;
}

/** The events of a session. */
export interface SessionEvents<Receive> {
  /** A message came. */
  readonly message: ReceivedMessage<Receive>;
  /** It is connected, for the first time or again. */
  readonly open: { readonly reconnected: boolean };
  /** The server refused a message. */
  readonly error: ErrorMessage;
  /** It joined a room, or is in it again. */
  readonly joined: { readonly room: string };
  /** It is in a room again, but messages it has not seen are not kept any more. */
  readonly gap: { readonly room: string };
  /** The connection was lost; it connects again after `afterMs`. */
  readonly lost: { readonly code: number; readonly reason: string; readonly afterMs: number };
  /** It has ended, and does not connect again. */
  readonly close: { readonly code: number; readonly reason: string };
}

/** Codes after which connecting again would lead to the same end: done, bad data, policy, too big. */
const finalCodes = new Set([1000, 1003, 1007, 1008, 1009]);
const [normalClosure, abnormalClosure] = [1000, 1006];

/**
 * A connection that outlives its sockets: it connects again after a while, and is given what it missed in its rooms.
 * Iterate over it to read the messages; the iteration ends when the session is closed.
 */
export class SocketSession<Send, Receive> implements AsyncIterable<Receive> {
  readonly #address: string;
  readonly #options: SessionOptions;
  readonly #events: Emitter<SessionEvents<Receive>> = new Emitter();
  readonly #positions: Map<string, string | null> = new Map();
  readonly #queue: string[] = [];
  #socket: WebSocket | undefined;
  #failures = 0;
  #opened = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(address: string, options: SessionOptions = {}) {
    this.#address = address;
    this.#options = options;
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.signal?.aborted === true) this.#ended = true;
    else this.#connect();
  }

  /** True while it is connected. */
  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a message, or keeps it until there is a connection. @throws Error if the session has ended or too many wait. */
  send(message: Send): void {
    const text = JSON.stringify({ type: "message", data: message } satisfies ClientMessage);
    if (this.#ended) throw new Error("The session has ended.");
    if (this.connected) this.#socket?.send(text);
    else if (this.#queue.length < (this.#options.queue ?? 1_000)) this.#queue.push(text);
    else throw new Error("There is no connection, and too many messages wait for one.");
  }

  /** Ends the session. */
  close(code: number = normalClosure, reason: string = ""): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#socket?.close(code, reason);
    this.#end(code, reason);
  }

  /** Calls the listener for every event of a kind; returns what ends that. */
  on<Name extends keyof SessionEvents<Receive>>(
    name: Name,
    listener: (event: SessionEvents<Receive>[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Messages from now on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Receive, void, undefined> {
    const waiting: Receive[] = [];
    let wake: (() => void) | undefined;
    const ends = [
      this.on("message", ({ data }) => {
        waiting.push(data);
        wake?.();
      }),
      this.on("close", () => wake?.()),
    ];
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as Receive;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      for (const end of ends) end();
    }
  }

  #connect(): void {
    const { ticket } = this.#options;
    if (ticket === undefined) return this.#open([protocolName]);
    const got = Promise.resolve().then(ticket);
    got.then(
      (text) => this.#open([protocolName, ticketProtocol(text)]),
      (error: unknown) => this.#onClose(abnormalClosure, error instanceof Error ? error.message : String(error)),
    );
  }

  #open(protocols: string[]): void {
    if (this.#ended) return;
    const { open = (address, offered) => new WebSocket(address, offered) } = this.#options;
    const socket = open(this.#address, protocols);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#onOpen(socket));
    socket.addEventListener("message", ({ data }: { data: unknown }) => this.#onMessage(String(data)));
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code, reason }: { code: number; reason: string }) => {
      if (this.#socket === socket) this.#onClose(code, reason);
    });
  }

  #onOpen(socket: WebSocket): void {
    const hello: ClientMessage = { type: "hello", rooms: Object.fromEntries(this.#positions) };
    socket.send(JSON.stringify(hello));
    for (const text of this.#queue.splice(0)) socket.send(text);
    this.#failures = 0;
    this.#opened += 1;
    this.#events.emit("open", { reconnected: this.#opened > 1 });
  }

  #onMessage(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.type === "message") {
      const { data, room, position } = message;
      if (room !== undefined && position !== undefined) this.#positions.set(room, position);
      this.#events.emit("message", { data: data as Receive, room });
    } else if (message.type === "joined") {
      this.#positions.set(message.room, message.position);
      if (!message.complete) this.#events.emit("gap", { room: message.room });
      this.#events.emit("joined", { room: message.room });
    } else if (message.type === "left") this.#positions.delete(message.room);
    else this.#events.emit("error", message);
  }

  #onClose(code: number, reason: string): void {
    if (this.#ended) return;
    if (finalCodes.has(code)) return this.#end(code, reason);
    const afterMs = reconnectHintMs(code, reason) ?? backoffMs(this.#failures, this.#options.backoff);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), afterMs);
    this.#events.emit("lost", { code, reason, afterMs });
  }

  #end(code: number, reason: string): void {
    this.#ended = true;
    this.#queue.length = 0;
    this.#events.emit("close", { code, reason });
  }
}

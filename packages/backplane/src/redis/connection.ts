import { createClient, RESP_TYPES } from "@redis/client";

/** An answer of Redis: text as bytes, a number or a list. */
export type Reply = Buffer | number | null | readonly Reply[];

/** A connection to Redis that reconnects by itself. While it is lost, commands fail at once. */
export interface RedisConnection {
  /** True while commands can be sent. */
  readonly ready: boolean;
  /** Sends a command. Rejects if no answer comes within the time limit, in milliseconds. */
  send(withinMs: number, ...words: readonly (string | Uint8Array | number)[]): Promise<Reply>;
  /** Resolves when the connection is ready, or after `ms`. */
  untilReady(ms: number): Promise<void>;
  close(): void;
}

/** Callbacks of a connection. */
export interface ConnectionHooks {
  /** Called after each connect, the first included. */
  readonly onReady: () => void;
  /** Called when the connection is lost or cannot be made. */
  readonly onError: (error: Error) => void;
}

/** Maximum wait before the next attempt to connect. */
const longestRetryMs = 1_000;

/** Starts to connect, and goes on until the connection is closed. */
export function connect(url: string, { onReady, onError }: ConnectionHooks): RedisConnection {
  const client = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(longestRetryMs, 50 * 2 ** Math.min(retries, 10)),
    },
  });
  client.on("ready", onReady);
  client.on("error", onError);
  client.connect().catch(onError);
  return {
    get ready() {
      return client.isReady;
    },
    send: (withinMs, ...words) => {
      const encoded = words.map((word) => (typeof word === "object" ? asBuffer(word) : String(word)));
      return within(withinMs, client.sendCommand(encoded) as Promise<unknown> as Promise<Reply>);
    },
    untilReady: (ms) => untilReady(client, ms),
    close: () => client.destroy(),
  };
}

/** Rejects after `ms`. A server that hangs keeps its connections open; only a missing answer shows it. */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

interface Waitable {
  readonly isReady: boolean;
  once(name: "ready", listener: () => void): unknown;
  off(name: "ready", listener: () => void): unknown;
}

function untilReady(client: Waitable, ms: number): Promise<void> {
  if (client.isReady) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      client.off("ready", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    client.once("ready", done);
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

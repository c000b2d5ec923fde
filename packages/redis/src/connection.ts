import { createClient, RESP_TYPES } from "@redis/client";

/** Text, number or list, as Redis answers; texts are bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** A connection to Redis that comes back by itself. Commands fail at once while it is away. */
export interface RedisConnection {
  /** Whether commands can be sent now. */
  readonly ready: boolean;
  /** Rejects if there is no answer within the time, in milliseconds. */
  send(withinMs: number, ...words: readonly (string | Uint8Array | number)[]): Promise<Reply>;
  /** Resolves when it is ready, or after a while. */
  untilReady(ms: number): Promise<void>;
  close(): void;
}

/** What a connection tells. */
export interface ConnectionHooks {
  /** It is connected, for the first time or again. */
  readonly onReady: () => void;
  /** It was lost, or cannot be made. */
  readonly onError: (error: Error) => void;
}

/** The longest wait before another attempt, in milliseconds. */
const longestRetryMs = 1_000;

/** Connects, sooner or later. */
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

/** A server that hangs keeps its connections open: only the missing answer tells. */
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

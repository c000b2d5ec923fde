import { setTimeout as sleep } from "node:timers/promises";
import type { RedisConnection } from "./connection.ts";
import { entriesOf, streamsOf, type Entry } from "./entry.ts";

/** A stream that is followed, with its last position read; undefined until that is known. */
interface Followed {
  last: string | undefined;
}

/** Wait of one XREAD: its empty answer shows that the server is still there. */
const blockMs = 5_000;
/** Time limit of an answer. */
const answerMs = 2_000;
const wakeAgainMs = 20;

/**
 * Reads all followed streams with one blocking command after another. It remembers its position in each, so that it
 * reads entries that were added while the connection was lost.
 */
export class StreamReader {
  readonly #blocking: RedisConnection;
  readonly #commands: RedisConnection;
  readonly #deliver: (key: string, entry: Entry) => void;
  readonly #followed: Map<string, Followed> = new Map();
  /** Counts changes of the followed streams; the command that waits now knows those up to `#asked`. */
  #version = 0;
  #asked = 0;
  #waking = false;
  #changed: () => void = () => {};
  #closed = false;

  constructor(blocking: RedisConnection, commands: RedisConnection, deliver: (key: string, entry: Entry) => void) {
    this.#blocking = blocking;
    this.#commands = commands;
    this.#deliver = deliver;
    void this.#run();
  }

  /** Delivers entries that are added to the stream from now on; while Redis is away, from its return. */
  async follow(key: string): Promise<void> {
    const followed: Followed = { last: undefined };
    this.#followed.set(key, followed);
    await this.#locate(key, followed).catch(() => {});
    this.#change();
  }

  unfollow(key: string): void {
    this.#followed.delete(key);
  }

  /** The position of the newest entry that was read from a stream. */
  last(key: string): string {
    return this.#followed.get(key)?.last ?? "0-0";
  }

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  async #locate(key: string, followed: Followed): Promise<void> {
    const newest = entriesOf(await this.#commands.send(answerMs, "XREVRANGE", key, "+", "-", "COUNT", 1));
    followed.last ??= newest[0]?.position ?? "0-0";
  }

  #change(): void {
    this.#version += 1;
    this.#changed();
    void this.#wake();
  }

  /** Ends the waiting command, so that the next one includes the new streams. Repeats, for it may not wait yet. */
  async #wake(): Promise<void> {
    if (this.#waking) return;
    this.#waking = true;
    while (this.#asked < this.#version && !this.#closed && this.#blocking.ready) {
      const id = this.#readerId;
      if (id !== undefined) await this.#commands.send(answerMs, "CLIENT", "UNBLOCK", id).catch(() => {});
      await sleep(wakeAgainMs);
    }
    this.#waking = false;
  }

  #readerId: number | undefined;

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#readOnce();
      } catch {
        this.#readerId = undefined;
        await sleep(wakeAgainMs);
        await this.#blocking.untilReady(1_000);
      }
    }
  }

  async #readOnce(): Promise<void> {
    if (this.#followed.size === 0) return this.#untilChanged();
    this.#readerId ??= Number(await this.#blocking.send(answerMs, "CLIENT", "ID"));
    for (const [key, followed] of this.#followed) if (followed.last === undefined) await this.#locate(key, followed);
    this.#asked = this.#version;
    const known = [...this.#followed];
    const ids = known.map(([, { last }]) => last ?? "$");
    const keys = known.map(([key]) => key);
    const read = ["XREAD", "COUNT", 1_000, "BLOCK", blockMs, "STREAMS", ...keys, ...ids];
    const reply = await this.#blocking.send(blockMs + answerMs, ...read);
    for (const [key, entries] of streamsOf(reply)) for (const entry of entries) this.#take(key, entry);
  }

  #take(key: string, entry: Entry): void {
    const followed = this.#followed.get(key);
    if (followed === undefined) return;
    followed.last = entry.position;
    this.#deliver(key, entry);
  }

  #untilChanged(): Promise<void> {
    return new Promise((resolve) => (this.#changed = resolve));
  }
}

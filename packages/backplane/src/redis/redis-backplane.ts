import { randomUUID } from "node:crypto";
import {
  type Backplane,
  type BackplaneHistory,
  type BackplaneMessage,
  type Duration,
  type Position,
  type PublishOptions,
  type Unsubscribe,
} from "@appenv/core";
import { checkOptions, durationMs, invalidOption, type OptionNames } from "@appenv/core/internal";
import { TopicSubscribers } from "../topic-subscribers.ts";
import { connect, type RedisConnection, type Reply } from "./connection.ts";
import { entriesOf, fields, type Entry } from "./entry.ts";
import { StreamReader } from "./stream-reader.ts";

/** The options of a backplane over Redis. */
export interface RedisBackplaneOptions {
  /** The URL of Redis 6.2 or newer, for example `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
  readonly url: string;
  /** Prefix of every key. Apps of one name that share a Redis need different ones. Default `"appenv:"`. */
  readonly prefix?: string;
  /** Time that the messages of a topic are kept after its newest one. Default 1 day. */
  readonly keepFor?: Duration;
}

const names: OptionNames<RedisBackplaneOptions> = { url: true, prefix: true, keepFor: true };

/** Minimum entries that a stream keeps: a replica that was away for a moment reads them when it is back. */
const leastKept = 1_000;
/** Wait of a call for the first connection, or for an answer, before Redis counts as away. */
const patienceMs = 2_000;
/** The same while Redis counts as away. */
const impatienceMs = 100;

/** Broadcast between machines over Redis streams, one for each topic. Made by `redisBackplane`. */
export class RedisBackplane implements Backplane {
  readonly name: string = "redis";
  readonly #url: string;
  readonly #prefix: string;
  readonly #keepMs: number;
  readonly #id: string = randomUUID();
  readonly #subscribers: TopicSubscribers = new TopicSubscribers();
  /** Origins of messages that were delivered here because Redis seemed away; they may have arrived there all the same. */
  readonly #deliveredHere: Set<string> = new Set();
  #links: Links | undefined;
  #published = 0;
  #isAway = false;

  constructor(options: RedisBackplaneOptions) {
    checkOptions(options, "redisBackplane", names);
    const { url, prefix = "appenv:", keepFor = "1d" } = options;
    if (typeof url !== "string" || !/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
      throw invalidOption("redisBackplane: url", url, 'a URL such as "redis://localhost:6379"');
    }
    if (typeof prefix !== "string") throw invalidOption("redisBackplane: prefix", prefix, "a text");
    this.#url = url;
    this.#prefix = prefix;
    this.#keepMs = durationMs(keepFor, "redisBackplane: keepFor");
  }

  get connected(): boolean {
    return !this.#isAway && this.#links !== undefined && this.#links.commands.ready && this.#links.blocking.ready;
  }

  async publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const origin = `${this.#id}:${(this.#published += 1)}`;
    try {
      return await this.#add(this.#key(topic), { origin, payload, keep });
    } catch (error) {
      this.#away(error as Error);
      return this.#deliverHere(topic, origin, payload);
    }
  }

  async subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe> {
    const key = this.#key(topic);
    const subscription = this.#subscribers.add(key, listener);
    const links = await this.#open();
    if (subscription.isFirst) await links.reader.follow(key);
    return async () => {
      if (subscription.remove()) links.reader.unfollow(key);
    };
  }

  async history(topic: string, after?: Position): Promise<BackplaneHistory> {
    try {
      return await this.#kept(this.#key(topic), after);
    } catch {
      return { messages: [], complete: false };
    }
  }

  /** Ends the connections. It connects again if it is used again. */
  async close(): Promise<void> {
    const links = this.#links;
    this.#links = undefined;
    links?.reader.close();
    links?.blocking.close();
    links?.commands.close();
  }

  async #add(key: string, message: { origin: string; payload: Uint8Array; keep: number }): Promise<Position> {
    const most = Math.max(message.keep + 1, leastKept);
    const added = this.#send("XADD", key, "MAXLEN", most, "*", ...fields(message.origin, message.payload));
    this.#send("PEXPIRE", key, this.#keepMs).catch(() => {});
    return String(await added);
  }

  /** Between the entry seen last and the next one Redis will make: `1700000000000-3.000001`. */
  #deliverHere(topic: string, origin: string, payload: Uint8Array): Position {
    const key = this.#key(topic);
    this.#deliveredHere.add(origin);
    if (this.#deliveredHere.size > leastKept) {
      for (const oldest of this.#deliveredHere) {
        this.#deliveredHere.delete(oldest);
        break;
      }
    }
    const position = `${this.#links?.reader.last(key) ?? "0-0"}.${String(this.#published).padStart(6, "0")}`;
    queueMicrotask(() => this.#subscribers.tell(key, { position, payload }));
    return position;
  }

  async #kept(key: string, after: Position | undefined): Promise<BackplaneHistory> {
    if (after === undefined) {
      const messages = entriesOf(await this.#send("XRANGE", key, "-", "+"));
      return { messages, complete: messages.length < leastKept };
    }
    // The position of a message that was delivered while Redis was away lies between two entries; the first is in Redis.
    const [known = after] = after.split(".");
    const [first, ...others] = entriesOf(await this.#send("XRANGE", key, known, "+"));
    if (first?.position === known) return { messages: others, complete: true };
    const messages = first === undefined ? [] : [first, ...others];
    return { messages, complete: known === "0-0" && messages.length < leastKept };
  }

  async #send(...words: readonly (string | Uint8Array | number)[]): Promise<Reply> {
    const { commands } = await this.#open();
    const reply = await commands.send(this.#isAway ? impatienceMs : patienceMs, ...words);
    this.#back();
    return reply;
  }

  async #open(): Promise<Links> {
    this.#links ??= this.#connect();
    await this.#links.commands.untilReady(this.#isAway ? 0 : patienceMs);
    return this.#links;
  }

  #connect(): Links {
    const onError = (error: Error): void => this.#away(error);
    const hooks = { onReady: () => this.#back(), onError };
    const commands = connect(this.#url, hooks);
    const blocking = connect(this.#url, hooks);
    const reader = new StreamReader(blocking, commands, (key, entry) => this.#read(key, entry));
    return { commands, blocking, reader };
  }

  #read(key: string, { origin, position, payload }: Entry): void {
    if (!this.#deliveredHere.delete(origin)) this.#subscribers.tell(key, { position, payload });
  }

  /** Reports it once, however often it tries again. */
  #away(error: Error): void {
    if (!this.#isAway) process.stderr.write(`redis is away: ${error.message || error.name}\n`);
    this.#isAway = true;
  }

  #back(): void {
    if (this.#isAway) process.stderr.write("redis is back\n");
    this.#isAway = false;
  }

  #key(topic: string): string {
    return `${this.#prefix}${topic}`;
  }
}

interface Links {
  readonly commands: RedisConnection;
  readonly blocking: RedisConnection;
  readonly reader: StreamReader;
}

/**
 * Broadcast between the replicas of an app on several machines, over Redis. It connects when it is first used, and
 * reconnects by itself. While Redis is away, messages reach this replica's own subscribers; messages that the others
 * have published in the meantime are read when it is back.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION.
 * @example
 * const sockets = webSockets({ backplane: redisBackplane({ url: "redis://localhost:6379" }) });
 */
export function redisBackplane(options: RedisBackplaneOptions): RedisBackplane {
  return new RedisBackplane(options);
}

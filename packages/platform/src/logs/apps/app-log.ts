import { readdir, rm, stat } from "node:fs/promises";
import { inBackground, isolated } from "@appenv/core/internal";
import { cutLine, type LogBatch, type LogLine, type LogStream } from "../log-line.ts";
import { replicaFile, replicaOf, storedName } from "../log-paths.ts";
import { LogFile, rotatedPath } from "../log-file.ts";
import { BackwardReader, type LogPosition, type PageLimits } from "../read-before.ts";
import { readLastLines } from "../read-lines.ts";
import { mergePages, type OlderLines } from "./older-lines.ts";

/** Limits of an app's logs. */
export interface LogLimits {
  /** The size at which a replica's file is put aside for a new one, in bytes; the one put aside before is deleted. */
  readonly fileBytes: number;
  /** Maximum output of a replica that waits for the disk, in bytes; beyond it the oldest lines are lost. */
  readonly pendingBytes: number;
  /** Maximum replicas whose logs are kept: the newest. */
  readonly replicas: number;
}

/** A page of older lines. */
export interface OlderOptions extends PageLimits {
  /** One replica only. Default: all. */
  readonly replica: string | undefined;
  /** A part of the lines that are wanted, whatever the case; empty: all. */
  readonly text: string;
}

const following = "A follower of an app's logs failed";
const writing = "The log of a replica could not be kept";

/** A follower of an app's logs: hears of every new line, until the logs are removed or the platform ends. */
export interface LogFollower {
  readonly lines: (batch: LogBatch) => void;
  readonly end: () => void;
}

/**
 * The output of one app's replicas. Everything that touches its files waits for what came before: so a reader meets whole
 * files, and the lines that it reads and the lines that follow fit together without a gap.
 */
export class AppLog {
  readonly #directory: string;
  readonly #limits: LogLimits;
  readonly #followers = new Set<LogFollower>();
  #replicas = new Map<string, LogFile>();
  #work: Promise<unknown> = Promise.resolve();
  #flushing = false;

  constructor(directory: string, limits: LogLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Takes lines of a replica. */
  write(replicaName: string, stream: LogStream, messages: readonly string[]): void {
    const replica = storedName(replicaName);
    const timestamp = new Date();
    const lines = messages.map((message): LogLine => ({ timestamp, stream, message: cutLine(message) }));
    const file = this.#file(replica);
    for (const line of lines) file.add(line);
    file.dropOldest(this.#limits.pendingBytes);
    for (const follower of this.#followers) isolated(following, () => follower.lines({ replica, lines }));
    if (this.#flushing) return;
    this.#flushing = true;
    const replicas = this.#replicas;
    inBackground(
      writing,
      this.#afterwards(() => this.#flush(replicas)),
    );
  }

  /** The last lines of every replica, or of one; `follower` gets every line after these. */
  read(limit: number, replica?: string, follower?: LogFollower): Promise<LogBatch[]> {
    return this.#afterwards(async () => {
      const known = this.#replicas;
      // Begun before anything is waited for: what a replica writes from here on goes to the follower.
      const waiting = [...known.keys()].filter((name) => replica === undefined || name === replica);
      const open = waiting.map((name) => this.#readReplica(name, limit, known.get(name)?.pendingLines));
      if (follower !== undefined) this.#followers.add(follower);
      const names = (await this.#stored()).filter((name) => replica === undefined || name === replica);
      const others = names.filter((name) => !waiting.includes(name));
      const old = others.map((name) => this.#readReplica(name, limit));
      return (await Promise.all([...open, ...old])).filter(({ lines }) => lines.length > 0);
    });
  }

  /**
   * The lines before those that a reader has, as few as a page holds.
   *
   * @param known - The oldest line of each replica that the reader has. Of others, lines are read that are not younger than
   * any of these.
   */
  before(known: ReadonlyMap<string, LogPosition>, { replica, text, ...limits }: OlderOptions): Promise<OlderLines> {
    return this.#afterwards(async () => {
      const oldest = Math.min(...[...known.values()].map(({ at }) => at));
      const others = known.size === 0 ? undefined : { at: oldest, lines: 0 };
      const names = (await this.#stored()).filter((name) => replica === undefined || name === replica);
      const read = new Map<string, BackwardReader>();
      const before = new Map<string, LogPosition>(known);
      for (const name of names) {
        const position = known.get(name) ?? others;
        if (position !== undefined) before.set(name, position);
        const reader = new BackwardReader(position, limits, text);
        for (const file of this.#filesOf(name)) await reader.read(file);
        read.set(name, reader);
      }
      return mergePages(read, before, limits);
    });
  }

  /** Unsubscribes a follower. */
  unfollow(follower: LogFollower): void {
    this.#followers.delete(follower);
  }

  /** Deletes everything that was written before this call. */
  async remove(): Promise<void> {
    this.#replicas = new Map();
    this.#flushing = false;
    this.endFollowers();
    await this.#afterwards(() => rm(this.#directory, { recursive: true, force: true }));
  }

  /** Tells all followers that nothing more comes. */
  endFollowers(): void {
    for (const follower of this.#followers) isolated(following, follower.end);
    this.#followers.clear();
  }

  /** Resolves when everything written before this call is on disk or lost. */
  async flushed(): Promise<void> {
    await this.#work;
  }

  #file(name: string): LogFile {
    const known = this.#replicas.get(name);
    if (known !== undefined) return known;
    const made = new LogFile(replicaFile(this.#directory, name), {
      fileBytes: this.#limits.fileBytes,
      whenFull: "rotate",
    });
    this.#replicas.set(name, made);
    inBackground(
      writing,
      this.#afterwards(() => this.#prune()),
    );
    return made;
  }

  async #flush(replicas: ReadonlyMap<string, LogFile>): Promise<void> {
    // Lines written while this runs are taken by the next flush. After `remove`, that one is under way already.
    if (replicas === this.#replicas) this.#flushing = false;
    await Promise.all([...replicas.values()].filter(({ dirty }) => dirty).map((replica) => replica.flush()));
  }

  /** Runs `action` when all that was asked before is done. Its failure is its caller's. */
  #afterwards<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#work.then(action);
    this.#work = result.catch(() => {});
    return result;
  }

  /** The last lines of a replica, with those that wait for the disk when this is called. */
  async #readReplica(name: string, limit: number, pending: readonly LogLine[] = []): Promise<LogBatch> {
    const path = replicaFile(this.#directory, name);
    const current = await readLastLines(path, limit);
    const missing = limit - current.length - pending.length;
    const previous = missing > 0 ? await readLastLines(rotatedPath(path), missing) : [];
    return { replica: name, lines: [...previous, ...current, ...pending].slice(-limit) };
  }

  /** The replicas that have files. */
  async #stored(): Promise<string[]> {
    const files = await readdir(this.#directory).catch(() => []);
    return [...new Set(files.flatMap((file) => replicaOf(file) ?? []))];
  }

  /** Makes room for one more replica: deletes the files of those whose last write is the longest ago. */
  async #prune(): Promise<void> {
    const old = (await this.#stored()).filter((name) => !this.#replicas.get(name)?.dirty);
    const aged = await Promise.all(old.map(async (name) => ({ name, at: await this.#lastWrite(name) })));
    const excess = aged.toSorted((one, other) => other.at - one.at).slice(this.#limits.replicas - 1);
    for (const { name } of excess) {
      if (!this.#replicas.get(name)?.dirty) this.#replicas.delete(name);
      await Promise.all(this.#filesOf(name).map((file) => rm(file, { force: true })));
    }
  }

  async #lastWrite(replica: string): Promise<number> {
    const times = await Promise.all(this.#filesOf(replica).map((file) => stat(file).catch(() => undefined)));
    return Math.max(0, ...times.map((time) => time?.mtimeMs ?? 0));
  }

  #filesOf(replica: string): readonly string[] {
    const path = replicaFile(this.#directory, replica);
    return [path, rotatedPath(path)];
  }
}

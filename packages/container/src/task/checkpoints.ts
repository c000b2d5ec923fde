import { decode, encode } from "@msgpack/msgpack";
import type { ActionError, ActionOutcome } from "@appenv/runtime";
import type { Storage } from "../storage/storage.ts";

/** Recorded result of a trace. */
export type RecordedTrace =
  | Extract<ActionOutcome, { type: "succeeded" }>
  | { readonly type: "failed"; readonly error: ActionError };

/** Number of an attempt in the path of its checkpoints. */
const attemptInPath = /\/(\d+)(?=\/[^/]*$)/;

/**
 * Records of an attempt for those after it, which the backend does not keep: results of traces, times, and the order in which
 * results were given to the code. Each is in the storage before the code goes on. An attempt is told of the directory of the
 * one before it only, so each directory names the one before.
 */
export class Checkpoints {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #previous: string | undefined;
  #opened: Promise<readonly string[]> | undefined;
  readonly #order: string[] = [];
  #orderBefore: readonly string[] = [];
  #written: Promise<void> = Promise.resolve();
  #isScheduled = false;

  /** @param previous - Directory of the attempt before; undefined for the first one. */
  constructor(storage: Storage, directory: string, previous: string | undefined) {
    this.#storage = storage;
    this.#directory = directory;
    this.#previous = previous;
  }

  /**
   * The directories with records of before, the newest first: this attempt's own too, if its container was started again.
   *
   * @throws StorageError.
   */
  async #open(): Promise<readonly string[]> {
    const before: string[] = [];
    const isAgain = (await this.#read<string>(this.#directory, "before")) !== undefined;
    if (isAgain) before.push(this.#directory);
    else await this.#write("before", this.#previous ?? "");
    for (let next = this.#previous; next !== undefined && next !== "" && !before.includes(next);) {
      before.push(next);
      next = (await this.#read<string>(next, "before")) ?? earlier(next);
    }
    return before;
  }

  /** The names of results that attempts before were given, in that order. @throws StorageError. */
  async previousOrder(): Promise<readonly string[]> {
    // One that ended early has the beginning only.
    this.#orderBefore = [...new Set((await this.#readAll<readonly string[]>("order")).flat())];
    return this.#orderBefore;
  }

  /** The result of a trace that an attempt before has recorded. @throws StorageError. */
  async trace(name: string): Promise<RecordedTrace | undefined> {
    return (await this.#readAll<RecordedTrace>(`traces/${name}`))[0];
  }

  /** Records the result of a trace. @throws StorageError. */
  recordTrace(name: string, result: RecordedTrace): Promise<void> {
    return this.#write(`traces/${name}`, result);
  }

  /**
   * The time that the first attempt recorded under this name, in milliseconds since 1970. @param time - Recorded by the first
   * one; default: the time now. @throws StorageError.
   */
  async firstTime(name: string, time: number = Date.now()): Promise<number> {
    const recorded = (await this.#readAll<number>(`times/${name}`)).at(-1);
    if (recorded !== undefined) return recorded;
    await this.#write(`times/${name}`, time);
    return time;
  }

  /** Records that a result is given next. Resolves when that is in the storage; several in one turn are one object. */
  recordGiven(name: string): Promise<void> {
    this.#order.push(name);
    if (this.#isScheduled) return this.#written;
    this.#isScheduled = true;
    this.#written = this.#writeOrderAfter(this.#written);
    return this.#written;
  }

  async #writeOrderAfter(before: Promise<void>): Promise<void> {
    await before;
    this.#isScheduled = false;
    // Also what this attempt has not come to: its container may be started again, and then these are its own records.
    await this.#write("order", [...new Set([...this.#order, ...this.#orderBefore])]);
  }

  /** The records of this name, of the newest attempt first. */
  async #readAll<T>(name: string): Promise<readonly T[]> {
    const before = await (this.#opened ??= this.#open());
    const found = await Promise.all(before.map((directory) => this.#read<T>(directory, name)));
    return found.filter((each) => each !== undefined);
  }

  async #read<T>(directory: string, name: string): Promise<T | undefined> {
    const bytes = await this.#storage.get(`${directory}/${name}`);
    return bytes === undefined ? undefined : (decode(bytes) as T);
  }

  #write(name: string, value: unknown): Promise<void> {
    return this.#storage.put(`${this.#directory}/${name}`, encode(value, { ignoreUndefined: true }));
  }
}

/** The directory before one whose attempt ended before it named it, as the backend counts attempts in paths. */
function earlier(directory: string): string | undefined {
  const attempt = Number(attemptInPath.exec(directory)?.[1] ?? 0);
  return attempt < 2 ? undefined : directory.replace(attemptInPath, `/${attempt - 1}`);
}

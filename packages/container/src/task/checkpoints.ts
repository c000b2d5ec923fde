import { decode, encode } from "@msgpack/msgpack";
import type { ActionError, ActionOutcome } from "@appenv/runtime";
import type { Storage } from "../storage/storage.ts";

/** Recorded result of a trace. */
export type RecordedTrace =
  | Extract<ActionOutcome, { type: "succeeded" }>
  | { readonly type: "failed"; readonly error: ActionError };

/**
 * Records of an attempt for the one after it, which the backend does not keep: results of traces, and the order in which
 * results were given to the code. Each is in the storage before the code goes on.
 */
export class Checkpoints {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #previous: string | undefined;
  readonly #order: string[] = [];
  #written: Promise<void> = Promise.resolve();
  #isScheduled = false;

  /** @param previous - Directory of the attempt before; undefined for the first one. */
  constructor(storage: Storage, directory: string, previous: string | undefined) {
    this.#storage = storage;
    this.#directory = directory;
    this.#previous = previous;
  }

  /** The names of results that the attempt before was given, in that order. @throws StorageError. */
  async previousOrder(): Promise<readonly string[]> {
    if (this.#previous === undefined) return [];
    const bytes = await this.#storage.get(`${this.#previous}/order`);
    return bytes === undefined ? [] : (decode(bytes) as string[]);
  }

  /** The result of a trace that an attempt before has recorded. @throws StorageError. */
  async trace(name: string): Promise<RecordedTrace | undefined> {
    if (this.#previous === undefined) return undefined;
    const bytes = await this.#storage.get(`${this.#previous}/traces/${name}`);
    if (bytes === undefined) return undefined;
    // The next attempt looks into this one's directory only.
    await this.#storage.put(`${this.#directory}/traces/${name}`, bytes);
    return decode(bytes) as RecordedTrace;
  }

  /** Records the result of a trace. @throws StorageError. */
  async recordTrace(name: string, result: RecordedTrace): Promise<void> {
    await this.#storage.put(`${this.#directory}/traces/${name}`, encode(result, { ignoreUndefined: true }));
  }

  /** Records that a result is given next. Resolves when that is in the storage; several in one turn are one object. */
  recordGiven(name: string): Promise<void> {
    this.#order.push(name);
    if (this.#isScheduled) return this.#written;
    this.#isScheduled = true;
    this.#written = this.#writeAfter(this.#written);
    return this.#written;
  }

  async #writeAfter(before: Promise<void>): Promise<void> {
    await before;
    this.#isScheduled = false;
    await this.#storage.put(`${this.#directory}/order`, encode(this.#order));
  }
}

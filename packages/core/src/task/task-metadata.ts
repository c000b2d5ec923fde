/**
 * A small JSON object that a running action shows: the last one that it set, at most 64 KiB. An attempt begins with an empty
 * one, so nothing is counted twice when it runs again. Source: none in Flyte.
 */
export interface TaskMetadata {
  /** Sets a key. @throws AppEnvError INVALID_INPUT if it is no JSON or there is no room. */
  set(key: string, value: unknown): void;
  /** Adds to a number, which is 0 at first. @throws AppEnvError INVALID_INPUT. */
  increment(key: string, by?: number): void;
  /** Adds an item to a list, which is empty at first. @throws AppEnvError INVALID_INPUT. */
  append(key: string, item: unknown): void;
  /** Removes a key. */
  delete(key: string): void;
  /** As it is now. */
  get(): Readonly<Record<string, unknown>>;
}

/** The objects of one kind of storage, by their URIs. */
export interface Storage {
  /** Reads an object; undefined if there is none. Repeats what may go well the next time. @throws StorageError. */
  get(uri: string): Promise<Uint8Array | undefined>;
  /** Writes an object, or replaces it. @throws StorageError. */
  put(uri: string, bytes: Uint8Array): Promise<void>;
}

/** Env vars, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** An object could not be read or written. The message names it and the reason, and no credential. */
export class StorageError extends Error {
  override readonly name: string = "StorageError";
}

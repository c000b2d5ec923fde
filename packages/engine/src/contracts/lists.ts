/** Which part of a list. Lists are stable: what is added while one pages through it does not shift the rest. */
export interface Page {
  readonly limit: number;
  /** As a list before gave it; empty for the first page. */
  readonly token: string;
}

/** A part of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Where the next part begins; empty after the last. */
  readonly token: string;
  /** How many there are in all. */
  readonly total: number;
}

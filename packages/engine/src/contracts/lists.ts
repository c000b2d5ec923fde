/** The part of a list that is asked for. Lists are stable: additions meanwhile do not shift the rest. */
export interface Page {
  readonly limit: number;
  /** The token of the page before; empty for the first page. */
  readonly token: string;
}

/** A part of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Token of the next part; empty after the last. */
  readonly token: string;
  /** Number of items in all parts. */
  readonly total: number;
}

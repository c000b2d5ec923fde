import type { Bench } from "./bench.ts";

/** A program of the system that a row needs. */
export type Program = "nginx" | "postgres" | "redis-server" | "wrk";

/** What the numbers of a row are: a ratio without a unit, or an amount. */
export type Unit = "" | "KiB" | "ms" | "sockets";

/** What a row has to reach; its median is judged. */
export type Reach = { readonly atLeast: number } | { readonly moreThan: number } | { readonly atMost: number };

/** The numbers of a row, one a round. */
export interface Figures {
  /** Ratios of ours to theirs, or amounts in `unit`. */
  readonly values: readonly number[];
  /** Default: a ratio. */
  readonly unit?: Unit;
  /** What the ratios were made from. */
  readonly sides?: Sides;
  /** How much of one processor other programs used during the round they disturbed most. */
  readonly disturbance?: number;
}

/** Both sides of each pair, in the order they were measured. */
export interface Sides {
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Something measured on the way: shown, and held to nothing. */
export interface Extra extends Figures {
  readonly what: string;
  readonly against: string;
}

/** What measuring a row gave. */
export interface Measurement extends Figures {
  readonly also?: readonly Extra[];
}

/** One row of the table. */
export interface Row {
  /** Chosen by on the command line. */
  readonly name: string;
  readonly what: string;
  readonly against: string;
  /** Default: shown for information only. */
  readonly reach?: Reach;
  /** How it is measured, as sentences for the page. */
  readonly how: string;
  /** Why it falls short, if it does; checked by hand against a profile. */
  readonly cause?: string;
  readonly needs?: readonly Program[];
  /** Whether it reads Linux's `/proc`. Default false. */
  readonly linux?: boolean;
  measure(bench: Bench): Promise<Measurement>;
}

import type { Bench } from "./bench.ts";

/** A program of the system that a row needs. */
export type Program = "nginx" | "postgres" | "redis-server" | "wrk";

/** The unit of a row's numbers: an amount, or none for a ratio. */
export type Unit = "" | "KiB" | "ms" | "sockets";

/** The number that a row's median has to reach. */
export type Reach = { readonly atLeast: number } | { readonly moreThan: number } | { readonly atMost: number };

/** The numbers of a row, one for each round. */
export interface Figures {
  /** Ratios of ours to theirs, or amounts in `unit`. */
  readonly values: readonly number[];
  /** Default: a ratio. */
  readonly unit?: Unit;
  /** The measured pairs behind the ratios. */
  readonly sides?: Sides;
  /** Share of one processor that other programs used, in the round that they disturbed most. */
  readonly disturbance?: number;
}

/** Both sides of each pair, in the order of measurement. */
export interface Sides {
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** A number measured along the way: shown, without a goal. */
export interface Extra extends Figures {
  readonly what: string;
  readonly against: string;
}

/** The result of measuring a row. */
export interface Measurement extends Figures {
  readonly also?: readonly Extra[];
}

/** One row of the table. */
export interface Row {
  /** The name that chooses it on the command line. */
  readonly name: string;
  readonly what: string;
  readonly against: string;
  /** The goal. Default: none, the row is for information only. */
  readonly reach?: Reach;
  /** The method, as sentences for the page. */
  readonly how: string;
  /** The reason why it falls short, if it does; checked by hand against a profile. */
  readonly cause?: string;
  readonly needs?: readonly Program[];
  /** True if it reads Linux's `/proc`. Default false. */
  readonly linux?: boolean;
  measure(bench: Bench): Promise<Measurement>;
}

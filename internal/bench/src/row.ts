import type { Bench } from "./bench.ts";
import type { Measurement } from "./stats/figures.ts";

/** A program of the system that a row needs. */
export type Program = "chromium" | "nginx" | "postgres" | "redis-server" | "wrk";

/** The number that a row's median has to reach. */
export type Reach = { readonly atLeast: number } | { readonly moreThan: number } | { readonly atMost: number };

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

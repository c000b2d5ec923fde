import type { ActionProgress, RunPhase } from "@appenv/core";

// The wire form of a run for pages: apps and the platform write it, hooks read it.
export type { ActionProgress, RunPhase };

/** A run as an app or the platform shows it to pages. */
export interface ShownRun<Output = unknown> {
  readonly name: string;
  readonly phase: RunPhase;
  /** True once it has ended. */
  readonly done: boolean;
  /** Its page in the console; empty if there is none. */
  readonly url: string;
  /** The task's output, once it has succeeded. */
  readonly output?: Output;
  /** The reason for which it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string };
}

import type { RunPhase } from "./run-phase.ts";
import type { Schema } from "../task/options/task-options.ts";

/** A value of a stream of a run. */
export interface StreamItem<Value = unknown> {
  /** From 0, growing, with gaps. Reading goes on after it with `from: offset + 1`. */
  readonly offset: number;
  readonly value: Value;
  /** The action that wrote it; `a0` is the first. */
  readonly action: string;
  /** Tells the values of one writer from those of others, and from those it wrote after it began again. */
  readonly section: number;
  /** The time at which the platform took it. */
  readonly at: Date;
}

/** An action began again, after a failure or a crash, and wrote something else than before: what it wrote before is void. */
export interface StreamRestart {
  readonly offset: number;
  readonly action: string;
  /** The attempt that began again. */
  readonly attempt: number;
  /** Of the values that follow. */
  readonly section: number;
  /** The section whose values are void. */
  readonly replaces: number;
}

/** Options of reading a stream of a run. */
export interface RunStreamOptions<Value = unknown> {
  /** The first offset to read. Default 0. */
  readonly from?: number;
  /** Waits for values until the stream is closed or its run has ended. Default true. */
  readonly follow?: boolean;
  /** Stops reading. */
  readonly signal?: AbortSignal;
  /** Checks each value, and types it. Default: as it was written. */
  readonly schema?: Schema<Value>;
  /** Called between two values when earlier ones are void. A page that shows them begins anew. */
  readonly onRestart?: (restart: StreamRestart) => void;
}

/** The latest word of an action about itself: `ctx.progress` and `ctx.metadata`. */
export interface ActionProgress {
  /** `a0` for the first. */
  readonly action: string;
  /** Undefined if it reported none. `message` is empty without one. */
  readonly progress: { readonly done: number; readonly total: number; readonly message: string } | undefined;
  /** Empty if it set none. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A run at a moment: its phase, and the latest word of its first action about itself. */
export interface RunSnapshot {
  readonly phase: RunPhase;
  /** Of its first action. Undefined if it reported none. */
  readonly progress: ActionProgress["progress"];
  /** Of its first action. Empty if it set none. */
  readonly metadata: ActionProgress["metadata"];
  /** The actions, the first one included, whose progress or metadata are new since the snapshot before. */
  readonly changed: readonly ActionProgress[];
}

import type { ActionPhase, RunId, RunSettings } from "@appenv/protocol";
import type { TaskRecord } from "./tasks.ts";
import type { ActionRecord } from "./actions.ts";

/** A run, as a snapshot. */
export interface RunRecord {
  readonly id: RunId;
  readonly root: ActionRecord;
  readonly settings: RunSettings;
  readonly source: "web" | "cli" | "schedule" | "unspecified";
  /** The trigger that fired, if one did. */
  readonly trigger: { readonly taskName: string; readonly name: string } | undefined;
  /** The run it was made from, with `recover` or not. */
  readonly rerunOf: string | undefined;
  /** `CODE: message` of one that did not succeed, at most 500 characters; undefined for one that was just accepted. */
  readonly error?: string;
  /** True if it keeps the successful actions of that run. */
  readonly recovers: boolean;
  /** The actions of that run from which on this one runs again; empty if it keeps all that succeeded. */
  readonly rerunFrom: readonly string[];
}

/** A run as it is asked for. */
export interface NewRun {
  readonly project: string;
  readonly domain: string;
  /** Default: one that is made up. */
  readonly name?: string;
  readonly task: TaskRecord;
  /** `task.Inputs`; defaults of the task are filled in. */
  readonly inputs: Uint8Array;
  readonly settings: RunSettings;
  readonly source: RunRecord["source"];
  readonly trigger?: RunRecord["trigger"];
  /**
   * Two calls with one key (in a project and domain) make one run: the second answers with the first's.
   * @throws AppEnvError IDEMPOTENCY_CONFLICT if its task or inputs differ.
   */
  readonly idempotencyKey?: string;
  /** The inputs by which two calls with one key are the same: without the time that a trigger puts in. Default: `inputs`. */
  readonly statedInputs?: Uint8Array;
  /** The run it is made from, for people; `recover` implies it. */
  readonly rerunOf?: string;
  /** Keep what succeeded in this run, where the new one asks for the same: same name, task, version and inputs. */
  readonly recover?: string;
  /**
   * Actions of the run in `recover` that run again although they succeeded, with all that was asked for after they had
   * ended. @throws AppEnvError NOT_FOUND, INVALID_INPUT.
   */
  readonly rerunFrom?: {
    readonly actions: readonly string[];
    /** `task.Inputs` of some of them, in place of those that they are called with. */
    readonly inputs: ReadonlyMap<string, Uint8Array>;
  };
}

/** Filter of a list of runs. */
export interface RunFilter {
  /** Empty: all projects. */
  readonly project: string;
  /** Empty: all domains. */
  readonly domain: string;
  /** `environment.task`. */
  readonly taskName?: string;
  readonly taskVersion?: string;
  readonly trigger?: { readonly taskName: string; readonly name: string };
  readonly phases?: readonly ActionPhase[];
  /** Only runs with an action that waits for a person, also if other actions go on. */
  readonly pausedOnly?: boolean;
  /** Only runs that have all of these. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A part of `environment.task`, in any case. */
  readonly taskContains?: string;
  /** The name of a trigger, of any task. */
  readonly triggerName?: string;
  /** Created at this time or later, in milliseconds since 1970. */
  readonly createdFrom?: number;
  /** Created before this time, in milliseconds since 1970. */
  readonly createdBefore?: number;
  /** A part of the name or of the error, in any case. A page looks at a bounded number of runs, so it may be short or empty. */
  readonly text?: string;
  /** The oldest first. Default: the newest first. */
  readonly oldestFirst?: boolean;
}

/** A number of runs by how they stand. */
export interface RunCounts {
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
  readonly timedOut: number;
}

/** The end of a run. */
export interface RunEnd {
  /** Its first action. */
  readonly root: Pick<
    ActionRecord,
    "id" | "phase" | "createdAt" | "startedAt" | "endedAt" | "cache" | "error" | "abort"
  > & {
    readonly attempts: { readonly length: number };
  };
  /** `task.Outputs`, of one that succeeded; undefined also if they are large. */
  readonly outputs: Uint8Array | undefined;
}

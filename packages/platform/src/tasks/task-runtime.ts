import type { TaskEngine, TaskRegistry, Triggers } from "@appenv/engine";
import type { ActionLogs } from "../logs/actions/action-logs.ts";

/** Everything that runs tasks. */
export interface TaskRuntime {
  readonly engine: TaskEngine;
  readonly registry: TaskRegistry;
  readonly triggers: Triggers;
  readonly logs: ActionLogs;
  /** Ends the workers and writes what waits. The next platform runs live attempts again. May be called twice. */
  close(): Promise<void>;
}

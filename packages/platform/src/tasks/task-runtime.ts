import type { TaskEngine, TaskRegistry, Triggers } from "@appenv/engine";
import type { ActionLogs } from "../logs/actions/action-logs.ts";

/** What runs tasks. */
export interface TaskRuntime {
  readonly engine: TaskEngine;
  readonly registry: TaskRegistry;
  readonly triggers: Triggers;
  readonly logs: ActionLogs;
  /** Ends the workers and writes what waits. What runs is run again by the next platform. May be called twice. */
  close(): Promise<void>;
}

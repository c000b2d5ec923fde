import type { Backfills, TaskEngine, TaskRegistry, Triggers } from "@appenv/engine";
import type { ConditionLinks } from "../api/answer/condition-links.ts";
import type { ReadTokens } from "../api/stream/read-tokens.ts";
import type { RunFiles } from "./containers/run-files.ts";
import type { ImageStore } from "./images/image-store.ts";
import type { ActionLogs } from "../logs/actions/action-logs.ts";

/** Everything that runs tasks. */
export interface TaskRuntime {
  readonly engine: TaskEngine;
  readonly registry: TaskRegistry;
  readonly triggers: Triggers;
  readonly backfills: Backfills;
  readonly logs: ActionLogs;
  /** The files of runs with programs of containers. */
  readonly files: RunFiles;
  /** The images that were asked for. */
  readonly images: ImageStore;
  /** The links that answer conditions. */
  readonly links: ConditionLinks;
  /** The tokens that read one run. */
  readonly readTokens: ReadTokens;
  /** Ends the workers and writes what waits. The next platform runs live attempts again. May be called twice. */
  close(): Promise<void>;
}

import type { ServeOptions } from "@appenv/core";
import type { AppLaunch } from "@appenv/protocol";

/** The launch of each task of an environment, and the version of their code. */
export interface TaskLaunches {
  /** @param task - The task's own name. */
  of(task: string): Promise<AppLaunch>;
  readonly version: string;
}

/** Options of the launches of a plan. */
export interface LaunchOptions extends Pick<ServeOptions, "force" | "copyStyle" | "onProgress" | "onNote"> {
  /** Uploads and builds nothing: for a plan. Default false. */
  readonly isDry?: boolean;
}

export { useRun, type FollowedRun } from "./use-run.ts";
export { useStream, type FollowedStream } from "./use-stream.ts";
export { useTask, type TaskStart, type UsedTask } from "./use-task.ts";
export type { FollowOptions } from "./follow-options.ts";
export type { ActionProgress, RunPhase, ShownRun } from "@appenv-internal/http/shown-run";

import type { TaskSettings } from "@appenv/core";
import type { TaskDefinition } from "@appenv/protocol";

/** The definition of a task without options. */
export const taskSettings: TaskSettings = {
  description: undefined,
  shortName: undefined,
  retries: 0,
  backoff: undefined,
  maxRuntimeMs: undefined,
  maxQueuedMs: undefined,
  deadlineMs: undefined,
  cache: { behavior: "disable", version: "", serialize: false, ignoredInputs: [], salt: "" },
  report: false,
  maxInlineBytes: 2 ** 20,
  isolated: false,
  concurrency: undefined,
  interruptible: false,
};

/** A definition of a task whose processes run `file`. */
export function taskDefinition(changes: Partial<TaskDefinition> = {}, file = "bundle.mjs"): TaskDefinition {
  return {
    environment: "tasks",
    taskName: "task",
    launch: { kind: "bundle", uri: file, environment: "tasks", workdir: process.cwd(), preload: [] },
    interface: { inputs: [], output: undefined },
    settings: taskSettings,
    envVars: {},
    secrets: [],
    resources: [],
    reusable: { replicas: 1, concurrency: 100, idleTtlMs: 30_000 },
    ...changes,
  };
}

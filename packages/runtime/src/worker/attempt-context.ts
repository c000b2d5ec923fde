import type { TaskContext, TaskFunction } from "@appenv/core";
import type { AttemptStart, WorkerStart } from "../ipc/worker-messages.ts";

/** The parts of a context through which the code speaks. */
type Spoken = Pick<TaskContext, "signal" | "log" | "progress" | "metadata" | "stream" | "report">;

/** The context that the function of a task is given. */
export function contextOf(
  { project, domain }: Pick<WorkerStart, "project" | "domain">,
  { run, action, attempt, labels, envVars }: AttemptStart,
  { fullName }: TaskFunction,
  spoken: Spoken,
): TaskContext {
  return { project, domain, run, action, task: fullName, attempt, labels, envVars, ...spoken };
}

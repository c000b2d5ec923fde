import type { ResolvedValue, RunHandle, RunOptions, RunOutput, TaskFunction } from "@appenv/core";
import { checkOptions, runOptionNames } from "@appenv/core/internal";

/** Starts a run of a task. See `run` of `@appenv/core`; the messages of tasks are loaded now. */
export async function run(task: TaskFunction, inputs: unknown, options: RunOptions = {}): Promise<RunHandle> {
  checkOptions(options, "run", runOptionNames);
  const { runTask } = await import("./run-task.ts");
  return runTask(task, inputs, options);
}

/** See `readRunOutput`. Whoever serves apps without such parameters does not load the messages of tasks. */
export async function readRunOutput(output: RunOutput): Promise<ResolvedValue> {
  const module = await import("./run-output.ts");
  return module.readRunOutput(output);
}

import type { ResolvedValue, RunHandle, RunOptions, RunOutput, TaskFunction } from "@appenv/core";
import { checkOptions, runOptionNames } from "@appenv/core/internal";

/** Starts a run of a task. See `run` of `@appenv/core`. The messages of tasks are loaded only now. */
export async function run(task: TaskFunction, inputs: unknown, options: RunOptions = {}): Promise<RunHandle> {
  checkOptions(options, "run", runOptionNames);
  const { runTask } = await import("./run-task.ts");
  return runTask(task, inputs, options);
}

/** As `readRunOutput` of `./run-output.ts`, which loads the messages of tasks. */
export async function readRunOutput(output: RunOutput): Promise<ResolvedValue> {
  const module = await import("./run-output.ts");
  return module.readRunOutput(output);
}

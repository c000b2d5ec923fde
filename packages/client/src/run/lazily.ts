import type {
  ResolvedValue,
  RunAllOptions,
  RunHandle,
  RunOptions,
  RunOutput,
  SendOptions,
  SentEvent,
  TaskFunction,
} from "@appenv/core";
import { checkOptions, runAllOptionNames, runOptionNames } from "@appenv/core/internal";

/** Starts a run of a task. See `run` of `@appenv/core`. The messages of tasks are loaded only now. */
export async function run(task: TaskFunction, inputs: unknown, options: RunOptions = {}): Promise<RunHandle> {
  checkOptions(options, "run", runOptionNames);
  const { runTask } = await import("./run-task.ts");
  return runTask(task, inputs, options);
}

/** Starts runs of a task, all or none. See `runAll` of `@appenv/core`. */
export async function runAll(
  task: TaskFunction,
  inputs: readonly unknown[],
  options: RunAllOptions = {},
): Promise<readonly RunHandle[]> {
  checkOptions(options, "runAll", runAllOptionNames);
  const { runAllOf } = await import("./run-all.ts");
  return runAllOf(task, inputs, options);
}

/** Sends an event. See `send` of `@appenv/core`. */
export async function send(event: string, value: unknown, options: SendOptions = {}): Promise<SentEvent> {
  const { sendEvent } = await import("../event/send.ts");
  return sendEvent(event, value, options);
}

/** As `readRunOutput` of `./run-output.ts`, which loads the messages of tasks. */
export async function readRunOutput(output: RunOutput): Promise<ResolvedValue> {
  const module = await import("./run-output.ts");
  return module.readRunOutput(output);
}

import { AppEnvError } from "../../errors/appenv-error.ts";
import { invalidOption } from "../../errors/invalid-option.ts";
import { readNotify } from "../notify/read-rules.ts";
import { readAutomation, triggerTime } from "./automation.ts";
import { problemsOf } from "../schema/parse.ts";
import type { Schema } from "../options/task-options.ts";
import type { TriggerOptions } from "./trigger.ts";
import type { TaskInterface } from "../schema/value-type.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";

/** The parts of a task that a trigger is checked against. */
interface TriggeredTask {
  readonly taskName: string;
  readonly inputSchema: Schema | undefined;
  readonly interface: TaskInterface;
}

/** The names of the options of a trigger. */
export const triggerOptionNames: OptionNames<TriggerOptions> = {
  name: true,
  automation: true,
  inputs: true,
  autoActivate: true,
  description: true,
  envVars: true,
  labels: true,
  overwriteCache: true,
  notify: true,
};

/** Checks the triggers of a task. @throws AppEnvError INVALID_OPTION, INVALID_INPUT if the task cannot take their inputs. */
export function readTriggers(value: readonly TriggerOptions[] = [], task: TriggeredTask): readonly TriggerOptions[] {
  const option = `triggers of task '${task.taskName}'`;
  if (!Array.isArray(value)) throw invalidOption(option, value, "a list");
  const seen = new Set<string>();
  return Object.freeze(
    (value as readonly TriggerOptions[]).map((trigger) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(String(trigger?.name))) {
        throw invalidOption(`a name in ${option}`, trigger?.name, "at most 63 letters, digits, `_` and `-`");
      }
      if (seen.has(trigger.name)) throw invalidOption(option, trigger.name, "named once each");
      seen.add(trigger.name);
      checkTrigger(trigger, `trigger '${trigger.name}' of task '${task.taskName}'`, task);
      return Object.freeze({ ...trigger });
    }),
  );
}

function checkTrigger(trigger: TriggerOptions, where: string, task: TriggeredTask): void {
  checkOptions(trigger, where, triggerOptionNames);
  readAutomation(trigger.automation, where);
  for (const name of ["envVars", "labels"] as const) {
    const texts: unknown = trigger[name] ?? {};
    const isFine = typeof texts === "object" && texts !== null && Object.values(texts).every(isText);
    if (!isFine) throw invalidOption(`${name} of ${where}`, texts, "an object of texts");
  }
  readNotify(trigger.notify, `notify of ${where}`);
  checkInputs(trigger.inputs ?? {}, where, task);
}

function checkInputs(inputs: Readonly<Record<string, unknown>>, where: string, task: TriggeredTask): void {
  if (typeof inputs !== "object" || inputs === null) throw invalidOption(`inputs of ${where}`, inputs, "an object");
  const times = Object.keys(inputs).filter((name) => inputs[name] === triggerTime);
  if (times.length > 1) throw invalidOption(`inputs of ${where}`, inputs, "given `triggerTime` at most once");
  for (const name of Object.keys(inputs)) {
    if (task.interface.inputs.some((input) => input.name === name)) continue;
    throw new AppEnvError("INVALID_INPUT", `The ${where} gives '${name}', which the task does not take.`);
  }
  const values = { ...inputs, ...Object.fromEntries(times.map((name) => [name, new Date()])) };
  const problems = task.inputSchema === undefined ? undefined : problemsOf(task.inputSchema, values);
  if (problems !== undefined)
    throw new AppEnvError("INVALID_INPUT", `What the ${where} gives does not fit: ${problems}.`);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

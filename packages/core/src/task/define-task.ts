import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption, show } from "../errors/invalid-option.ts";
import { checkedCall } from "./calls/checked-call.ts";
import { localContext } from "./local-context.ts";
import { parseValue } from "./schema/parse.ts";
import { readSettings, type TaskDefaults } from "./options/read-settings.ts";
import { readTriggers } from "./triggers/read-triggers.ts";
import type { CallOptions } from "./calls/call-options.ts";
import type { TaskFunction, TaskPlace } from "./task-function.ts";
import type { Schema, TaskOptions } from "./options/task-options.ts";
import { taskInterfaceOf } from "./schema/value-type-of.ts";

const brand: unique symbol = Symbol.for("appenv.task") as never;

type Options = TaskOptions<Schema | undefined, Schema | undefined>;
type Implementation = TaskFunction["implementation"];

/** Makes a task. See `TaskEnvironment.task`. */
export function defineTask(
  environment: TaskPlace,
  options: Options,
  implementation: Implementation,
  defaults: TaskDefaults,
): TaskFunction {
  checkBasics(options, implementation);
  const { name, input, output } = options;
  const taken = taskInterfaceOf(input, output, `task '${name}'`);
  const described = {
    taskName: name,
    fullName: `${environment.name}.${name}`,
    environment,
    settings: readSettings(options, defaults, implementation, taken),
    interface: taken,
    inputSchema: input,
    outputSchema: output,
    implementation,
  };
  const ignored = described.settings.cache.ignoredInputs.find((one) => !takes(described.interface, one));
  if (ignored !== undefined && options.cache !== undefined) {
    throw invalidOption(`cache.ignoredInputs of task '${name}'`, ignored, "the name of an input");
  }
  const call = (value: unknown, callOptions: CallOptions = {}): Promise<unknown> =>
    checkedCall(
      described.fullName,
      callOptions,
      (context) => context.call(task, value, callOptions),
      () => callPlainly(task, value),
    );
  const properties = { ...described, triggers: readTriggers(options.triggers, described), name, [brand]: true };
  const task = Object.defineProperties(call, readOnly(properties)) as unknown as TaskFunction;
  return task;
}

/** True for a task, made by any copy of the package. */
export function isTask(value: unknown): value is TaskFunction {
  return typeof value === "function" && brand in value;
}

/** Parses the input of a task with its schema. @throws AppEnvError INVALID_INPUT. */
export async function readTaskInput({ inputSchema, fullName }: TaskFunction, value: unknown): Promise<unknown> {
  const what = `The input of '${fullName}'`;
  if (inputSchema !== undefined) return parseValue(inputSchema, value ?? {}, "INVALID_INPUT", what);
  const isNothing = value === undefined || (typeof value === "object" && value !== null && isEmpty(value));
  if (!isNothing) throw new AppEnvError("INVALID_INPUT", `${what} is ${show(value)}, but it takes nothing.`);
  return {};
}

/** Parses the output of a task with its schema. @throws AppEnvError INVALID_OUTPUT. */
export async function readTaskOutput({ outputSchema, fullName }: TaskFunction, value: unknown): Promise<unknown> {
  const what = `The output of '${fullName}'`;
  if (outputSchema !== undefined) return parseValue(outputSchema, value, "INVALID_OUTPUT", what);
  if (value === undefined) return undefined;
  throw new AppEnvError("INVALID_OUTPUT", `${what} is ${show(value)}, but it is defined without an output.`, {
    fix: "Add `output` with a schema to the task, or return nothing.",
  });
}

async function callPlainly(task: TaskFunction, value: unknown): Promise<unknown> {
  const input = await readTaskInput(task, value);
  const output: unknown = await task.implementation(input as never, localContext(task.fullName));
  return readTaskOutput(task, output);
}

function checkBasics(options: Options, implementation: unknown): void {
  if (typeof options !== "object" || options === null) throw invalidOption("a task's options", options, "an object");
  if (!/^[A-Za-z0-9_-]{1,63}$/.test(String(options.name))) {
    throw invalidOption("name of a task", options.name, "at most 63 letters, digits, `_` and `-`");
  }
  if (typeof implementation !== "function") {
    throw invalidOption(`task '${options.name}'`, implementation, "given a function as its second argument");
  }
}

function takes({ inputs }: TaskFunction["interface"], name: string): boolean {
  return inputs.some((input) => input.name === name);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function readOnly(values: object): PropertyDescriptorMap {
  const entries = Reflect.ownKeys(values).map(
    (key) => [key, { value: values[key as never], enumerable: true }] as const,
  );
  return Object.fromEntries(entries);
}

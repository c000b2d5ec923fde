import { Environment, environmentOptionNames, type EnvironmentOptions } from "../environment/environment.ts";
import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "../values/duration.ts";
import { defineTask } from "./define-task.ts";
import { readCachePolicy, type CachePolicy } from "./options/read-cache.ts";
import { readCount } from "./options/read-count.ts";
import type { TaskContext } from "./task-context.ts";
import type { ReusePolicy, TaskFunction, TaskPlace } from "./task-function.ts";
import type { CacheBehavior, CacheOptions, Schema, TaskOptions } from "./options/task-options.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Options of a place where tasks run. Source: Flyte's `TaskEnvironment`. */
export interface TaskEnvironmentOptions extends EnvironmentOptions {
  /** The cache of tasks that set none. Default `disable`. */
  readonly cache?: CacheBehavior | CacheOptions;
  /** Maximum actions of this environment that run at once on one platform; one that waits for children does not count. Default: no limit. */
  readonly concurrency?: number;
  /** The use of its worker processes. */
  readonly reusable?: ReusePolicyOptions;
}

/** Source: Flyte's `ReusePolicy`. */
export interface ReusePolicyOptions {
  /** Maximum worker processes, not counting isolated tasks. Default: the number of processors. */
  readonly replicas?: number;
  /** Maximum actions that one worker runs at once. Default 100. */
  readonly concurrency?: number;
  /** Time that an idle worker is kept. Default 30 seconds. */
  readonly idleTtl?: Duration;
}

/** The argument of a task's function: the parsed input, or an empty object without a schema. */
export type TaskInput<S extends Schema | undefined> = S extends Schema
  ? S["_zod"]["output"]
  : Readonly<Record<string, never>>;

/** The argument of a call: what the input schema takes; none if no input is required. */
export type TaskArgument<S extends Schema | undefined> = S extends Schema
  ? {} extends S["_zod"]["input"]
    ? S["_zod"]["input"] | void
    : S["_zod"]["input"]
  : void;

/** The result of a task's function: what its output schema takes. */
export type TaskReturn<S extends Schema | undefined> = S extends Schema ? S["_zod"]["input"] : void;

/** The result of a call: the parsed output. */
export type TaskOutput<S extends Schema | undefined> = S extends Schema ? S["_zod"]["output"] : void;

const names: OptionNames<TaskEnvironmentOptions> = {
  ...environmentOptionNames,
  cache: true,
  concurrency: true,
  reusable: true,
};
const reuseNames: OptionNames<ReusePolicyOptions> = { replicas: true, concurrency: true, idleTtl: true };

/**
 * A place where tasks run.
 *
 * @example
 * export const tasks = new TaskEnvironment({ name: "add-one", resources: { cpu: 1 } });
 * export const addOne = tasks.task(
 *   { name: "add_one", input: z.object({ x: z.int() }), output: z.int(), retries: 3 },
 *   async ({ x }) => x + 1,
 * );
 */
export class TaskEnvironment<Name extends string = string> extends Environment implements TaskPlace {
  static override readonly optionNames: Readonly<Record<string, true>> = names;
  /** As a literal type, so that types know the full names of its tasks. */
  declare readonly name: Name;
  /** The cache of tasks that set none. */
  readonly cache: CachePolicy;
  /** Maximum actions of it that run at once on one platform; undefined: no limit. */
  readonly concurrency: number | undefined;
  /** The use of its worker processes. */
  readonly reusable: ReusePolicy;
  readonly #tasks: Map<string, TaskFunction> = new Map();

  /** @throws AppEnvError naming the option, its value and what is allowed. */
  constructor(options: TaskEnvironmentOptions & { readonly name: Name }) {
    super(options, "task");
    this.cache = readCachePolicy(options.cache, "cache");
    this.concurrency = readCount(options.concurrency, "concurrency", { least: 1 });
    this.reusable = readReusePolicy(options.reusable);
    remember(this);
  }

  /** Its tasks by their names. */
  get tasks(): ReadonlyMap<string, TaskFunction> {
    return this.#tasks;
  }

  /**
   * Defines a task. Called inside a run it is a durable action, outside a plain function.
   *
   * @param run - What it does, with its input as the schema makes it, and the action's context.
   * @throws AppEnvError INVALID_OPTION, INVALID_DURATION, DUPLICATE_TASK, NO_LITERAL_TYPE, INVALID_INPUT of a trigger.
   */
  task<
    Input extends Schema | undefined = undefined,
    Output extends Schema | undefined = undefined,
    Task extends string = string,
  >(
    options: TaskOptions<Input, Output> & { readonly name: Task },
    run: (input: TaskInput<Input>, context: TaskContext) => TaskReturn<Output> | Promise<TaskReturn<Output>>,
  ): TaskFunction<TaskArgument<Input>, TaskOutput<Output>, `${Name}.${Task}`> {
    const task = defineTask(this, options, run, this);
    if (this.#tasks.has(task.taskName)) {
      throw new AppEnvError("DUPLICATE_TASK", `The environment '${this.name}' has two tasks '${task.taskName}'.`);
    }
    this.#tasks.set(task.taskName, task);
    return task as unknown as TaskFunction<TaskArgument<Input>, TaskOutput<Output>, `${Name}.${Task}`>;
  }
}

function readReusePolicy(value: ReusePolicyOptions = {}): ReusePolicy {
  if (typeof value !== "object" || value === null) throw invalidOption("reusable", value, "an object");
  checkOptions(value, "reusable", reuseNames);
  const { availableParallelism } = process.getBuiltinModule("node:os");
  return Object.freeze({
    replicas: readCount(value.replicas, "reusable.replicas", { least: 1 }) ?? availableParallelism(),
    concurrency: readCount(value.concurrency, "reusable.concurrency", { least: 1 }) ?? 100,
    idleTtlMs: value.idleTtl === undefined ? 30_000 : durationMs(value.idleTtl, "reusable.idleTtl"),
  });
}

/** Kept on the global object, so that all copies of this package share the list. */
const place: unique symbol = Symbol.for("appenv.task-environments") as never;

interface Place {
  [place]?: TaskEnvironment[];
}

/**
 * All task environments that were made in this process, in that order. A bundle need not export those whose tasks are
 * only called by others. For the runtime.
 */
export function taskEnvironments(): readonly TaskEnvironment[] {
  return (globalThis as Place)[place] ?? [];
}

/** Adds an environment. Called by its constructor. */
function remember(environment: TaskEnvironment): void {
  ((globalThis as Place)[place] ??= []).push(environment);
}

import type { CallOptions, ControlPlaneOptions, RunHandle, RunOptions, TaskFunction } from "@appenv/core";
import { connectOptionNames, type ConnectOptions } from "../control-plane/connect.ts";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import { Task } from "../task/task.ts";

/** A deployed task as `appenv gen client` writes it down; it exists as a type alone. */
export interface DeployedTask<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** The full names (`environment.task`) of the tasks of `Tasks`. */
export type TaskNames<Tasks> = {
  [Key in keyof Tasks]: Tasks[Key] extends TaskFunction<infer _Input, unknown, infer FullName>
    ? FullName
    : Tasks[Key] extends DeployedTask<unknown, unknown>
      ? Key & string
      : never;
}[keyof Tasks];

/** The task of a full name. */
type TaskOf<Tasks, Name> = {
  [Key in keyof Tasks]: Tasks[Key] extends TaskFunction<infer Input, infer Output, infer FullName>
    ? FullName extends Name
      ? DeployedTask<Input, Output>
      : never
    : Key extends Name
      ? Tasks[Key]
      : never;
}[keyof Tasks];

/** The input of the task of a full name. */
export type InputOf<Tasks, Name> = TaskOf<Tasks, Name> extends DeployedTask<infer Input, unknown> ? Input : never;

/** The output of the task of a full name. */
export type OutputOf<Tasks, Name> = TaskOf<Tasks, Name> extends DeployedTask<unknown, infer Output> ? Output : never;

/** Inputs may be left out if none is required. */
type Given<Input, Options> = void extends Input
  ? [inputs?: Input, options?: Options]
  : {} extends Input
    ? [inputs?: Input, options?: Options]
    : [inputs: Input, options?: Options];

/** Options of a `TaskClient`. */
export interface TaskClientOptions extends ConnectOptions {
  /** The version of all tasks. Default: of each the one that was deployed last. */
  readonly version?: string;
}

const names: OptionNames<TaskClientOptions> = { ...connectOptionNames, version: true };

/**
 * Runs deployed tasks by their names, with the types of their inputs and outputs, and without their code.
 *
 * `Tasks`: a module of tasks, imported as a type alone, by those who share a repository; or the `Tasks` of a file that
 * `appenv gen client` wrote.
 *
 * @example
 * import type * as tasks from "../tasks/add-one.ts";
 * const client = new TaskClient<typeof tasks>();
 * console.log(await client.call("add-one.add_one", { x: 1 }));
 */
export class TaskClient<Tasks> {
  readonly #options: TaskClientOptions;
  readonly #known: Map<string, Promise<Task>> = new Map();

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(options: TaskClientOptions = {}) {
    checkOptions(options, "TaskClient", names);
    this.#options = options;
  }

  /**
   * Starts a run.
   *
   * @param name - `environment.task`.
   * @throws AppEnvError NOT_FOUND, INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE.
   */
  async run<Name extends TaskNames<Tasks>>(
    name: Name,
    ...[inputs, options]: Given<InputOf<Tasks, Name>, Omit<RunOptions, keyof ControlPlaneOptions>>
  ): Promise<RunHandle<OutputOf<Tasks, Name>>> {
    const task = await this.#find(name);
    return (await task.run(inputs ?? {}, options)) as RunHandle<OutputOf<Tasks, Name>>;
  }

  /**
   * Resolves with the output of a run, as `Task.call`: inside a run it is a child action.
   *
   * @param name - `environment.task`.
   * @throws AppEnvError NOT_FOUND, INVALID_INPUT, TASK_FAILED, ABORTED, TIMED_OUT, UNREACHABLE.
   */
  async call<Name extends TaskNames<Tasks>>(
    name: Name,
    ...[inputs, options]: Given<InputOf<Tasks, Name>, CallOptions>
  ): Promise<OutputOf<Tasks, Name>> {
    const task = await this.#find(name);
    return (await task.call(inputs ?? {}, options)) as OutputOf<Tasks, Name>;
  }

  /** A task is looked up once, unless `version` leaves open which: then each time, as a new one may be deployed. */
  #find(name: string): Promise<Task> {
    if (this.#options.version === undefined) return Task.get(name, this.#options);
    const known = this.#known.get(name) ?? Task.get(name, this.#options);
    this.#known.set(name, known);
    known.catch(() => this.#known.delete(name));
    return known;
  }
}

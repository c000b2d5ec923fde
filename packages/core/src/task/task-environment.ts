import { Environment, type EnvironmentOptions } from "../environment/environment.ts";
import type { TaskFunction } from "./task-function.ts";
import type { CacheBehavior, CacheOptions } from "./task-options.ts";

/** Options of a place where tasks run. Source: Flyte's `TaskEnvironment`. */
export interface TaskEnvironmentOptions extends EnvironmentOptions {
  /** Of tasks that say nothing else. Default `disable`. */
  readonly cache?: CacheBehavior | CacheOptions;
  /** How many actions of this environment run at once on one platform; those that wait for children do not count. Default: no limit. */
  readonly concurrency?: number;
  /** How its worker processes are used. */
  readonly reusable?: ReusePolicyOptions;
}

/** Source: Flyte's `ReusePolicy`. */
export interface ReusePolicyOptions {
  /** How many worker processes there are at most, isolated tasks not counted. Default: the number of processors. */
  readonly replicas?: number;
  /** How many actions one worker runs at once. Default 100. */
  readonly concurrency?: number;
  /** How long a worker without work is kept. Default 30 seconds. */
  readonly idleTtl?: number | string;
}

/** A place where tasks run. */
export class TaskEnvironment extends Environment {
  readonly #tasks: Map<string, TaskFunction> = new Map();

  /** @throws AppEnvError naming the option, its value and what is allowed. */
  constructor(options: TaskEnvironmentOptions) {
    super(options, "task");
  }

  /** Its tasks by their names. */
  get tasks(): ReadonlyMap<string, TaskFunction> {
    return this.#tasks;
  }
}

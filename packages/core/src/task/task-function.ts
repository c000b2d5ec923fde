import type { Environment } from "../environment/environment.ts";
import type { CallOptions } from "./calls/call-options.ts";
import type { TaskContext } from "./task-context.ts";
import type { CachePolicy } from "./options/read-cache.ts";
import type { Schema, TaskSettings } from "./options/task-options.ts";
import type { TriggerOptions } from "./triggers/trigger.ts";
import type { TaskInterface } from "./schema/value-type.ts";

/**
 * A task: a function that, called inside a run, is a durable action, and outside a plain call. Made by
 * `TaskEnvironment.task`.
 */
export interface TaskFunction<Input = never, Output = unknown, FullName extends string = string> {
  /** Validates the input, and what comes back. @throws AppEnvError INVALID_INPUT, INVALID_OUTPUT; in a run also TASK_FAILED, ABORTED, TIMED_OUT. */
  (input: Input, options?: CallOptions): Promise<Output>;
  /** As in `environment.task`, without the environment. */
  readonly taskName: string;
  /** `environment.task`. */
  readonly fullName: FullName;
  readonly environment: TaskPlace;
  readonly settings: TaskSettings;
  readonly interface: TaskInterface;
  readonly inputSchema: Schema | undefined;
  readonly outputSchema: Schema | undefined;
  readonly triggers: readonly TriggerOptions[];
  /** The function given to `TaskEnvironment.task`. For the runtime. */
  readonly implementation: (input: never, context: TaskContext) => unknown;
}

/** Checked options of worker processes. */
export interface ReusePolicy {
  readonly replicas: number;
  readonly concurrency: number;
  readonly idleTtlMs: number;
}

/** The environment of a task, without the means to define more of them: a `TaskEnvironment`. */
export interface TaskPlace extends Environment {
  /** The cache of tasks that set none. */
  readonly cache: CachePolicy;
  /** Maximum actions of it that run at once on one platform; undefined: no limit. */
  readonly concurrency: number | undefined;
  /** The use of its worker processes. */
  readonly reusable: ReusePolicy;
  /** Its tasks by their names. */
  readonly tasks: ReadonlyMap<string, TaskFunction>;
}

import type { TraceHeaders } from "../../tracing/trace-headers.ts";
import type { TaskContext } from "../task-context.ts";
import type { TaskFunction } from "../task-function.ts";
import type { Schema } from "../options/task-options.ts";
import type { AnswerSchema } from "../schema/answer-schema.ts";
import type { TaskInterface, ValueType } from "../schema/value-type.ts";
import type { CallOptions } from "./call-options.ts";

/** A version of a task as it was deployed, in any language. */
export interface DeployedTask {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly name: string;
  readonly version: string;
  readonly interface: TaskInterface;
}

/** A call of a traced function. */
export interface TraceCall {
  readonly name: string;
  readonly output: Schema | undefined;
  readonly args: readonly unknown[];
  readonly key: string | undefined;
}

/**
 * The interface through which calls of tasks, `trace`, `condition` and the others reach the runtime. The runtime puts one
 * around each attempt; outside there is none, and tasks are plain functions.
 */
export interface RunContext {
  readonly context: TaskContext;
  /** The trace context of the attempt as it came, if it has one. */
  readonly traceHeaders: TraceHeaders | undefined;
  /** The group around the running code, if any. */
  readonly group: string | undefined;
  /** Runs a task as a child action. Its result outlives this process. */
  call(task: TaskFunction, input: unknown, options: CallOptions): Promise<unknown>;
  /** The same for a task that was deployed on its own, perhaps in another language. */
  callDeployed(task: DeployedTask, input: unknown, options: CallOptions): Promise<unknown>;
  /** Runs a function once in the whole run; if the action runs again, returns the recorded result. */
  trace(call: TraceCall, run: () => unknown): Promise<unknown>;
  /** Sleeps, whatever becomes of this process meanwhile. */
  sleep(request: SleepRequest, key: string | undefined): Promise<void>;
  /** Waits until a value is signalled, and gives it as the schema, if there is one, makes it. */
  condition(condition: ConditionRequest, schema: Schema | undefined, key: string | undefined): ConditionCall;
  /** Waits for an event, and gives its value as the schema makes it. */
  waitFor(event: EventRequest, schema: Schema | undefined): Promise<unknown>;
  /** Runs a function with another group around it. */
  inGroup<T>(name: string, run: () => T): T;
  /** Runs a function in an `uncancelled` scope. @param limitMs - Time limit after a cancellation. */
  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The idempotency key of a run that is started here: the same in every attempt. @param inputs - `task.Inputs`. */
  runKey(task: string, inputs: Uint8Array): string;
  /** The context of a branch of the flow that begins here: the n-th of a name is the same in every attempt. */
  branch(site: string): RunContext;
  /** The context in which a function was made, unless this one is within it. */
  orWhereMade(madeIn: RunContext | undefined): RunContext;
}

/** A condition that was asked for. */
export interface ConditionCall {
  readonly answer: Promise<unknown>;
  /** Gives the link that answers it. */
  readonly link: () => Promise<string>;
}

/** The length of a sleep in milliseconds, or its end in milliseconds since 1970. */
export type SleepRequest = { readonly ms: number } | { readonly until: number };

/** A wait for an event. Times are milliseconds. */
export interface EventRequest {
  readonly name: string;
  /** Empty: none. */
  readonly key: string;
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
  /** Since 1970. Events that were sent before are passed over. */
  readonly since: number | undefined;
}

/** Checked options of a condition. */
export interface ConditionRequest {
  readonly name: string;
  readonly prompt: string;
  readonly markdown: boolean;
  /** The kind of its type; without a schema `boolean`, `integer`, `float` or `string`. */
  readonly type: ValueType["kind"];
  readonly schema?: AnswerSchema;
  readonly description: string | undefined;
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

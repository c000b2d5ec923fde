import type { Duration } from "../../values/duration.ts";

/** The order and the limits in which actions of a task start. Trigger.dev's `queue` and Inngest's `concurrency` are its like. */
export interface QueueOptions<Input = never> {
  /**
   * The name of a queue that several tasks of a project and domain share: letters, digits, `_`, `-` and `.`. Default: one of
   * the task's own, named `environment.task`. Of tasks with one queue either one states its limits, or all state the same.
   */
  readonly name?: string;
  /** Maximum actions with one key that run at once; one that waits for children or for a person does not count. Default: no limit. */
  readonly concurrency?: number;
  /** Maximum starts of attempts with one key. Default: no limit. */
  readonly rate?: RateOptions;
  /** The part of the input by which the limits count, such as a tenant. Default: one count for all. */
  readonly key?: QueueKey<Input>;
}

/** A limit of starts: in no span of time as long as `per` there are more than `limit`. */
export interface RateOptions {
  /** From 1 to 10000. */
  readonly limit: number;
  /** At most 7 days. */
  readonly per: Duration;
}

/**
 * A choice among the inputs: `"input.tenant"`, a list of such paths, or a function that picks, as `(input) => input.tenant` or
 * `(input) => [input.tenant, input.region]`. The function is called once, when the task is defined, on a stand-in that notes
 * its choice; the control plane then reads that from the input of every action, whoever starts it.
 */
export type QueueKey<Input = never> =
  | string
  | readonly string[]
  // A method's parameter may be narrower, so that all tasks have one common type.
  | { bivarianceHack(input: Input): unknown }["bivarianceHack"];

/** Checked options of a queue. */
export interface QueueSettings {
  /** Undefined: the task's own. */
  readonly name?: string;
  readonly concurrency?: number;
  readonly rate?: RateSettings;
  /** Paths to the parts of the key, from the names of inputs on. Empty: no key. */
  readonly key: readonly KeyPath[];
}

/** Checked limit of starts. */
export interface RateSettings {
  readonly limit: number;
  readonly perMs: number;
}

/** Names from an input to one of its fields. */
export type KeyPath = readonly string[];

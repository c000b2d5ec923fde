import type { NotificationRule } from "../notify/notification-rule.ts";

/** A trigger, which starts runs of a task. Source: Flyte's `Trigger`. */
export interface TriggerOptions {
  /** Unique among the task's triggers. */
  readonly name: string;
  readonly automation: Cron | FixedRate;
  /** The inputs of each run; `triggerTime` stands for the time it is meant for. Default: the task's own defaults. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Activates it as soon as it is deployed. Default true. */
  readonly autoActivate?: boolean;
  /** For people. */
  readonly description?: string;
  /** Env vars of each run. */
  readonly envVars?: Readonly<Record<string, string>>;
  /** Labels of each run. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Makes each run compute cached results anew. Default false. */
  readonly overwriteCache?: boolean;
  /** Notifications of each run; an empty list: none. Default: those of the task. */
  readonly notify?: readonly NotificationRule[];
}

/** A time table. Made by `cron`. */
export interface Cron {
  readonly kind: "cron";
  /** Five fields, or `@daily` and the like. */
  readonly expression: string;
  /** An IANA time zone. */
  readonly timeZone: string;
}

/** A steady rate. Made by `fixedRate`. */
export interface FixedRate {
  readonly kind: "fixed-rate";
  /** A whole number of minutes, in milliseconds, as Flyte has it. */
  readonly everyMs: number;
  /** The first time; undefined: when it is activated. */
  readonly startTime: Date | undefined;
}

import type { NotificationRule, RunPhase, TaskSettings, TriggerOptions } from "@appenv/core";
import type { TaskInterface, TraceHeaders } from "@appenv/core/internal";
import type { AppLaunch, ResourceAmount, SecretReference } from "../app-definition.ts";

/** A task's identity on a control plane. */
export interface TaskId {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly name: string;
  readonly version: string;
}

/**
 * A task as the control plane knows it, in plain values. `toTaskSpec` and `fromTaskSpec` turn it into Flyte's message
 * and back.
 */
export interface TaskDefinition {
  /** The environment's own name. */
  readonly environment: string;
  /** The task's name in its environment. */
  readonly taskName: string;
  /** The code that runs. `image`: a program of its own, for tasks of other SDKs and those deployed for a cluster. */
  readonly launch: AppLaunch;
  readonly interface: TaskInterface;
  readonly settings: TaskSettings;
  /** Of the environment: env vars without secrets. */
  readonly envVars: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretReference[];
  readonly resources: readonly ResourceAmount[];
  /** Of the environment; unset: no limit. */
  readonly environmentConcurrency?: number;
  readonly reusable: { readonly replicas: number; readonly concurrency: number; readonly idleTtlMs: number };
  readonly environmentDescription?: string;
  /** The version of the SDK that wrote it, of a task of another SDK. */
  readonly sdkVersion?: string;
}

/** A trigger of a task, in plain values. */
export interface TriggerDefinition {
  readonly name: string;
  readonly automation: TriggerOptions["automation"];
  readonly active: boolean;
  readonly description: string;
  /** `task.Inputs`, as bytes. */
  readonly inputs: Uint8Array;
  /** The input that gets the time it is meant for, if any. */
  readonly kickoffTimeInput: string | undefined;
  readonly run: RunSettings;
}

/** Settings of a run, beside its inputs. */
export interface RunSettings {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly envVars: Readonly<Record<string, string>>;
  readonly overwriteCache: boolean;
  /** Unset: that of the task. */
  readonly priority?: number;
  /** Unset: read from the inputs as the task's queue says. */
  readonly queueKey?: string;
  /** The trace context of what started it. */
  readonly trace?: TraceHeaders;
  /** Unset: those of the task; empty: none. */
  readonly notify?: readonly NotificationRule[];
}

/** A run's identity. */
export interface RunId {
  readonly project: string;
  readonly domain: string;
  readonly run: string;
}

/** An action's identity. */
export interface ActionId extends RunId {
  /** `a0` for the first. */
  readonly action: string;
}

/** Flyte's phases of actions, which are those of runs. */
export type ActionPhase = RunPhase;

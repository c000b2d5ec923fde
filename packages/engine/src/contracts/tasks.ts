import type { TaskDefinition, TaskId, TriggerDefinition } from "@appenv/protocol";
import type { Page, Listed } from "./lists.ts";

/** A task as it is registered. */
export interface TaskRecord {
  readonly id: TaskId;
  /** Undefined for a task without a container, which is shown and cannot run here. */
  readonly definition: TaskDefinition | undefined;
  /** Flyte's `TaskSpec` as it was deployed, as bytes. */
  readonly spec: Uint8Array;
  readonly deployedAt: Date;
}

/** A task that is deployed, with all of its triggers. */
export interface TaskToDeploy extends Omit<TaskRecord, "deployedAt"> {
  readonly triggers: readonly TriggerDefinition[];
}

/** The tasks. Every call that changes something is on disk when it resolves. */
export interface TaskRegistry {
  /**
   * Stores tasks, each of a version, or replaces them, with their triggers: all or none.
   * @throws AppEnvError INVALID_OPTION, DISK_FULL, STATE_UNWRITABLE.
   */
  deploy(tasks: readonly TaskToDeploy[]): Promise<void>;
  /** Without a version: the one deployed last. */
  get(name: Omit<TaskId, "version">, version?: string): TaskRecord | undefined;
  /** The newest version of each task of a project and domain (an empty one: of all), the one deployed last first. */
  list(
    scope: { readonly project: string; readonly domain: string; readonly contains?: string },
    page: Page,
  ): Listed<TaskRecord>;
  versions(name: Omit<TaskId, "version">, page: Page): Listed<TaskRecord>;
  /** The URIs of the bundles that any version of any task needs. */
  bundles(): readonly string[];
  /** The projects that have tasks. */
  projects(): readonly string[];
}

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
  /** True if a version of a task has its code in the bundle of this URI. */
  uses(bundle: string): boolean;
  /**
   * Deletes versions that nothing needs: all but the newest ten of a task, those that a run, an action, a trigger or a
   * backfill names, those that were deployed together with one of these, and those of the last hour. Has large values and kept
   * files deleted that nothing names and that are older than an hour.
   *
   * @param isInUse - Asked for the URI of a version's code: true if somebody may be about to use it.
   * @returns How many were deleted.
   * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
   */
  removeOld(isInUse: (bundle: string) => boolean): Promise<number>;
  /** The projects that have tasks. */
  projects(): readonly string[];
}

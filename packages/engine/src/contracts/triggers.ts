import type { TaskId, TriggerDefinition } from "@appenv/protocol";

/** A trigger as it is registered. */
export interface TriggerRecord {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly taskName: string;
  readonly taskVersion: string;
  readonly definition: TriggerDefinition;
  /** 1 for the first, one more with every change. */
  readonly revision: number;
  readonly deployedAt: Date;
  readonly updatedAt: Date;
  readonly triggeredAt: Date | undefined;
  /** Undefined while it is not active. */
  readonly nextAt: Date | undefined;
}

/** A trigger's identity. */
export type TriggerId = Pick<TriggerRecord, "project" | "domain" | "taskName"> & { readonly name: string };

/** The changes of a deployment among the triggers. */
export interface TriggerChanges {
  /** Within the transaction of the deployment. @throws SQLite's error. */
  write(): void;
  /** Once that is on disk: they fire by it from now on. */
  keep(): void;
}

/** Starts runs by the clock. */
export interface Triggers {
  /**
   * Replaces the triggers of a task: others of it are deleted. Nothing is changed yet: the caller writes the
   * returned changes and applies them at once. @throws AppEnvError INVALID_OPTION.
   */
  prepare(task: TaskId, triggers: readonly TriggerDefinition[]): TriggerChanges;
  /** Creates or replaces one. */
  put(task: TaskId, trigger: TriggerDefinition): Promise<TriggerRecord>;
  get(id: TriggerId): TriggerRecord | undefined;
  /** An empty project or domain: all. */
  list(scope: {
    readonly project: string;
    readonly domain: string;
    readonly taskName?: string;
  }): readonly TriggerRecord[];
  /** @throws AppEnvError NOT_FOUND. */
  setActive(id: TriggerId, active: boolean): Promise<TriggerRecord>;
  /** @throws AppEnvError NOT_FOUND. */
  remove(id: TriggerId): Promise<void>;
  /** The times for which one fires next, in order; none while it is not active. @param limit - Maximum number of them. */
  upcoming(trigger: TriggerRecord, limit: number): readonly Date[];
  history(id: TriggerId): readonly {
    readonly revision: number;
    readonly action: "deploy" | "activate" | "deactivate" | "delete";
    readonly at: Date;
  }[];
  close(): void;
}

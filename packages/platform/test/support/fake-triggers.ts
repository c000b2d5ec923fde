import type { TaskId, TriggerDefinition } from "@appenv/protocol";
import type { TriggerChanges, TriggerId, TriggerRecord, Triggers } from "../../../engine/src/contracts/triggers.ts";

/** Triggers in memory that never fire. */
export class FakeTriggers implements Triggers {
  readonly records: TriggerRecord[] = [];

  prepare(task: TaskId, triggers: readonly TriggerDefinition[]): TriggerChanges {
    return { write: () => {}, keep: () => triggers.forEach((trigger) => this.#put(task, trigger)) };
  }

  async put(task: TaskId, definition: TriggerDefinition): Promise<TriggerRecord> {
    return this.#put(task, definition);
  }

  #put({ project, domain, name, version }: TaskId, definition: TriggerDefinition): TriggerRecord {
    const now = new Date();
    const record = {
      project,
      domain,
      taskName: name,
      taskVersion: version,
      definition,
      revision: 1,
      deployedAt: now,
      updatedAt: now,
      triggeredAt: undefined,
      nextAt: undefined,
    };
    this.records.push(record);
    return record;
  }

  get(id: TriggerId): TriggerRecord | undefined {
    return this.list(id).find(({ definition }) => definition.name === id.name);
  }

  list(scope: { project: string; domain: string; taskName?: string }): TriggerRecord[] {
    return this.records.filter(
      ({ project, domain, taskName }) =>
        project === scope.project && domain === scope.domain && taskName === (scope.taskName ?? taskName),
    );
  }

  setActive(): Promise<TriggerRecord> {
    throw new Error("not faked");
  }

  remove(): Promise<void> {
    throw new Error("not faked");
  }

  upcoming(): [] {
    return [];
  }

  history(): [] {
    return [];
  }

  close(): void {}
}

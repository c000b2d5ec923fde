import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  TaskIdentifierSchema,
  TriggerDetailsSchema,
  type TaskIdentifier,
  type TriggerAutomationSpec,
  type TriggerDetails,
  type TriggerName,
  type TriggerSpec,
} from "@appenv/protocol/tasks";

/** The name of a trigger, as plain values. */
export type TriggerKey = Pick<TriggerName, "project" | "domain" | "taskName" | "name">;

/** A trigger that was deployed. */
export interface StoredTrigger {
  readonly key: TriggerKey;
  readonly spec: TriggerSpec;
  readonly automationSpec: TriggerAutomationSpec | undefined;
  readonly revision: bigint;
  readonly taskId: TaskIdentifier;
  readonly deployedAt: number;
  active: boolean;
  triggeredAt: number | undefined;
}

/** The triggers that were deployed, in memory. */
export class TriggerStore {
  readonly #triggers = new Map<string, StoredTrigger>();

  get all(): readonly StoredTrigger[] {
    return [...this.#triggers.values()];
  }

  /** @throws ConnectError NotFound. */
  find(name: TriggerKey): StoredTrigger {
    const found = this.#triggers.get(textOf(name));
    if (found === undefined) throw new ConnectError("sql: no rows in result set", Code.NotFound);
    return found;
  }

  /** Stores a trigger, or the next revision of the one of that name. */
  put(key: TriggerKey, spec: TriggerSpec, automationSpec: TriggerAutomationSpec | undefined): StoredTrigger {
    const { project, domain, taskName: name } = key;
    const stored: StoredTrigger = {
      key,
      spec,
      automationSpec,
      revision: (this.#triggers.get(textOf(key))?.revision ?? 0n) + 1n,
      taskId: create(TaskIdentifierSchema, { project, domain, name, version: spec.taskVersion }),
      deployedAt: Date.now(),
      active: spec.active,
      triggeredAt: undefined,
    };
    this.#triggers.set(textOf(key), stored);
    return stored;
  }

  /** Sets whether triggers fire. Nothing is said about one that is not there. */
  setActive(names: readonly TriggerKey[], active: boolean): void {
    for (const name of names) {
      const found = this.#triggers.get(textOf(name));
      if (found !== undefined) found.active = active;
    }
  }

  /** Removes triggers. Nothing is said about one that is not there. */
  delete(names: readonly TriggerKey[]): void {
    for (const name of names) this.#triggers.delete(textOf(name));
  }
}

function textOf({ project, domain, taskName, name }: TriggerKey): string {
  return JSON.stringify([project, domain, taskName, name]);
}

/** A trigger as the backend answers it. */
export function detailsOfTrigger(stored: StoredTrigger): TriggerDetails {
  const { key, spec, automationSpec, revision, active, deployedAt, triggeredAt } = stored;
  return create(TriggerDetailsSchema, {
    id: { name: key, revision },
    spec: { ...spec, active },
    ...(automationSpec === undefined ? {} : { automationSpec }),
    status: {
      deployedAt: timestampFromMs(deployedAt),
      ...(triggeredAt === undefined ? {} : { triggeredAt: timestampFromMs(triggeredAt) }),
    },
  });
}

import { AppEnvError } from "@appenv/core";
import type { TaskId, TriggerDefinition } from "@appenv/protocol";
import type { TriggerChanges, TriggerId, TriggerRecord, Triggers } from "../contracts/triggers.ts";
import { latestMissed, nextFiring } from "./firing-times.ts";
import { idOf, writeDefinition, type StoredTrigger, type TriggerAction, type TriggerTable } from "./trigger-table.ts";

/** Needs of the triggers. */
export interface TriggersOptions {
  readonly table: TriggerTable;
  /** Starts the run of a firing; twice for one time it must be the same run. Rejects if it cannot be accepted. */
  readonly fire: (trigger: TriggerRecord, at: Date) => Promise<unknown>;
  /** Called with a sentence about a firing that started no run. */
  readonly onProblem: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A trigger as it is to be stored, with what is noted in its history. */
interface Changed {
  readonly trigger: StoredTrigger;
  readonly action: TriggerAction | undefined;
}

/** Pause before another try of a firing that could not be stored, in milliseconds. */
const retryMs = 30_000;
/** Looks at the clock at least so often while a trigger is active: a clock may be set, and a machine may sleep. */
const lookMs = 30_000;

/**
 * Starts runs by the clock: exactly one for each time, also when the platform ends in between, since the run is stored
 * under that time before the trigger goes on. Of the times that passed while no platform ran, the last one counts.
 */
export class TriggerScheduler implements Triggers {
  readonly #options: TriggersOptions;
  readonly #now: () => number;
  readonly #triggers: Map<string, StoredTrigger> = new Map();
  /** Triggers whose run is being started, and those that wait for another try, with its time. */
  readonly #busy: Map<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @throws AppEnvError STATE_CORRUPTED. */
  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    for (const trigger of options.table.load()) this.#triggers.set(keyOf(idOf(trigger)), trigger);
    this.#arm();
  }

  prepare(task: TaskId, definitions: readonly TriggerDefinition[]): TriggerChanges {
    const named = new Set(definitions.map(({ name }) => name));
    const changed = definitions.flatMap((definition) => this.#deployed(task, definition, "task") ?? []);
    const gone = [...this.#triggers.values()].filter(
      (trigger) => isOf(trigger, task) && trigger.origin === "task" && !named.has(trigger.definition.name),
    );
    const now = new Date(this.#now());
    return {
      write: () => {
        for (const { trigger, action } of changed) this.#options.table.save(trigger, action);
        for (const trigger of gone) this.#options.table.remove(trigger, now);
      },
      keep: () => {
        for (const { trigger } of changed) this.#triggers.set(keyOf(idOf(trigger)), trigger);
        for (const trigger of gone) this.#triggers.delete(keyOf(idOf(trigger)));
        this.#arm();
      },
    };
  }

  async put(task: TaskId, definition: TriggerDefinition): Promise<TriggerRecord> {
    const changed = this.#deployed(task, definition, "api");
    if (changed !== undefined) return this.#store(changed.trigger, changed.action);
    const { project, domain, name: taskName } = task;
    return this.#require({ project, domain, taskName, name: definition.name });
  }

  get(id: TriggerId): TriggerRecord | undefined {
    return this.#triggers.get(keyOf(id));
  }

  list(scope: { readonly project: string; readonly domain: string; readonly taskName?: string }): TriggerRecord[] {
    return [...this.#triggers.values()].filter(
      ({ project, domain, taskName }) =>
        (scope.project === "" || project === scope.project) &&
        (scope.domain === "" || domain === scope.domain) &&
        (scope.taskName === undefined || taskName === scope.taskName),
    );
  }

  async setActive(id: TriggerId, active: boolean): Promise<TriggerRecord> {
    const trigger = this.#require(id);
    if (trigger.definition.active === active) return trigger;
    const changed = { ...trigger, definition: { ...trigger.definition, active } };
    return this.#store(this.#changed(changed), active ? "activate" : "deactivate");
  }

  async remove(id: TriggerId): Promise<void> {
    this.#options.table.remove(this.#require(id), new Date(this.#now()));
    this.#triggers.delete(keyOf(id));
    this.#arm();
  }

  upcoming({ definition, nextAt }: TriggerRecord, limit: number): readonly Date[] {
    const times: Date[] = [];
    let at = nextAt;
    while (at !== undefined && times.length < limit) {
      times.push(at);
      at = nextFiring(definition.automation, at, at);
    }
    return times;
  }

  history(id: TriggerId): ReturnType<Triggers["history"]> {
    return this.#options.table.history(id);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** A trigger as a deployment changes it; undefined if it stays as it is. @throws AppEnvError INVALID_OPTION. */
  #deployed(task: TaskId, definition: TriggerDefinition, origin: StoredTrigger["origin"]): Changed | undefined {
    const { project, domain, name: taskName, version: taskVersion } = task;
    const before = this.#triggers.get(keyOf({ project, domain, taskName, name: definition.name }));
    if (before !== undefined && writeDefinition(before.definition) === writeDefinition(definition)) {
      // Deployed again as it was: somebody who switched it off wants it to stay off, and its next time stays.
      const active = origin === "api" ? definition.active : before.definition.active;
      const same = { ...before, origin, taskVersion };
      if (active === before.definition.active) {
        return taskVersion === before.taskVersion ? undefined : { trigger: same, action: undefined };
      }
      const action = active ? "activate" : "deactivate";
      return { trigger: this.#changed({ ...same, definition: { ...definition, active } }), action };
    }
    const now = new Date(this.#now());
    const made = { project, domain, taskName, taskVersion, origin, definition, revision: before?.revision ?? 0 };
    const times = { deployedAt: now, updatedAt: now, triggeredAt: before?.triggeredAt, nextAt: undefined };
    return { trigger: this.#changed({ ...made, ...times }), action: "deploy" };
  }

  /** The next revision of a trigger, counted from now. @throws AppEnvError INVALID_OPTION. */
  #changed(trigger: StoredTrigger): StoredTrigger {
    const now = new Date(this.#now());
    const next = nextFiring(trigger.definition.automation, now, now);
    const nextAt = trigger.definition.active ? next : undefined;
    return { ...trigger, revision: trigger.revision + 1, updatedAt: now, nextAt };
  }

  #store(trigger: StoredTrigger, action?: TriggerAction): StoredTrigger {
    this.#options.table.save(trigger, action);
    this.#triggers.set(keyOf(idOf(trigger)), trigger);
    this.#arm();
    return trigger;
  }

  #require(id: TriggerId): StoredTrigger {
    const trigger = this.#triggers.get(keyOf(id));
    if (trigger !== undefined) return trigger;
    throw new AppEnvError(
      "NOT_FOUND",
      `There is no trigger '${id.name}' of ${id.taskName} in ${id.project}/${id.domain}.`,
    );
  }

  /** Sets the timer for the next moment anything is due. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    let next = Number.POSITIVE_INFINITY;
    for (const [key, { nextAt }] of this.#triggers) {
      if (nextAt !== undefined) next = Math.min(next, this.#busy.get(key) ?? nextAt.getTime());
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(next - this.#now(), 0), lookMs));
  }

  #look(): void {
    const now = this.#now();
    for (const [key, trigger] of this.#triggers) {
      const due = this.#busy.get(key) ?? trigger.nextAt?.getTime() ?? Number.POSITIVE_INFINITY;
      if (due <= now && trigger.nextAt !== undefined) void this.#fire(key, trigger, trigger.nextAt, now);
    }
    this.#arm();
  }

  async #fire(key: string, trigger: StoredTrigger, due: Date, now: number): Promise<void> {
    this.#busy.set(key, Number.POSITIVE_INFINITY);
    const at = latestMissed(trigger.definition.automation, due, new Date(now));
    try {
      await this.#options.fire(trigger, at);
    } catch (error) {
      this.#options.onProblem(`The trigger '${trigger.definition.name}' of ${trigger.taskName}: ${textOf(error)}`);
      if (isPassing(error)) return this.#later(key);
    }
    this.#goOn(key, at);
  }

  /** Sets the next firing. Changes made while the run was started stay. */
  #goOn(key: string, at: Date): void {
    this.#busy.delete(key);
    const trigger = this.#triggers.get(key);
    if (this.#closed || trigger === undefined) return;
    const { automation, active } = trigger.definition;
    const nextAt = active ? nextFiring(automation, at, at) : undefined;
    try {
      this.#store({ ...trigger, triggeredAt: at, nextAt });
    } catch (error) {
      // The run is stored under its time, so firing once more starts no other.
      this.#options.onProblem(textOf(error));
      this.#later(key);
    }
  }

  #later(key: string): void {
    this.#busy.set(key, this.#now() + retryMs);
    this.#arm();
  }
}

function isOf({ project, domain, taskName }: TriggerRecord, task: TaskId): boolean {
  return project === task.project && domain === task.domain && taskName === task.name;
}

function keyOf({ project, domain, taskName, name }: TriggerId): string {
  return JSON.stringify([project, domain, taskName, name]);
}

/** True if another try may help. */
function isPassing(error: unknown): boolean {
  return AppEnvError.is(error, "DISK_FULL") || AppEnvError.is(error, "STATE_UNWRITABLE");
}

function textOf(error: unknown): string {
  return AppEnvError.is(error) ? `[${error.code}] ${error.message}` : String(error);
}

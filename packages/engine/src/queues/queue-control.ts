import { AppEnvError } from "@appenv/core";
import { Listeners } from "@appenv/core/internal";
import type { QueueControl, QueueKeyRecord, QueueRecord, QueuedAction } from "../contracts/queues.ts";
import type { Clock } from "../live/clock.ts";
import type { Gate } from "../scheduler/gate.ts";
import { takeTurns } from "../scheduler/strand.ts";
import type { QueueId, QueueLimits } from "../scheduler/queue-contract.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Waiting, WaitingStrand } from "../scheduler/waiting.ts";
import type { TaskStore } from "../store/task-store.ts";

const unlimited: QueueLimits = { concurrency: undefined, rate: undefined };

/** The queues as people see and pause them: of deployed tasks, of pauses on disk, and those that the scheduler has. */
export class EngineQueues implements QueueControl {
  readonly #store: TaskStore;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #listeners: Listeners<QueueId> = new Listeners("the queues");

  constructor(store: TaskStore, scheduler: Scheduler, clock: Clock) {
    this.#store = store;
    this.#scheduler = scheduler;
    this.#clock = clock;
    store.deployedQueues.onChange = (id) => {
      const limits = store.deployedQueues.find(id)?.limits;
      if (limits !== undefined) scheduler.queues.limit(id, limits);
      this.tell(id);
    };
  }

  list(scope: Pick<QueueId, "project" | "domain">): readonly QueueRecord[] {
    const ids = new Map<string, QueueId>();
    const add = (id: QueueId): unknown => ids.set(JSON.stringify([id.project, id.domain, id.name]), id);
    for (const { id } of this.#store.deployedQueues.list(scope)) add(id);
    const others = [
      ...this.#store.pauses.list(),
      ...[...this.#scheduler.queues.all()].filter(isUsed).map(({ id }) => id),
    ];
    for (const id of others) if (isIn(id, scope)) add(id);
    return [...ids.values()]
      .toSorted(
        (one, other) =>
          compare(one.name, other.name) || compare(one.project + one.domain, other.project + other.domain),
      )
      .flatMap((id) => this.get(id) ?? []);
  }

  get(id: QueueId): QueueRecord | undefined {
    const deployed = this.#store.deployedQueues.find(id);
    const live = this.#scheduler.queues.find(id);
    const paused = this.#store.pauses.find(id);
    if (deployed === undefined && paused === undefined && (live === undefined || !isUsed(live))) return undefined;
    const gates = [...(live?.gates.values() ?? [])];
    const { project, domain, name } = id;
    return {
      id: { project, domain, name },
      tasks: deployed?.tasks ?? [],
      limits: live?.limits ?? deployed?.limits ?? unlimited,
      key: deployed?.key ?? "",
      waiting: sum(gates, ({ waiting }) => waiting.size),
      running: sum(gates, ({ running }) => running.size),
      keys: gates.filter(isUsedGate).length,
      oldestAt: oldestOf(gates),
      paused,
    };
  }

  keys(id: QueueId, limit: number): readonly QueueKeyRecord[] {
    const gates = [...(this.#scheduler.queues.find(id)?.gates.values() ?? [])].filter(isUsedGate);
    return gates
      .toSorted((one, other) => other.waiting.size - one.waiting.size || other.running.size - one.running.size)
      .slice(0, limit)
      .map((gate) => ({
        key: gate.key,
        waiting: gate.waiting.size,
        running: gate.running.size,
        oldestAt: oldestOf([gate]),
        rateLeft: gate.rateLeft,
        nextAt: gate.nextAt === undefined ? undefined : new Date(gate.nextAt),
      }));
  }

  waiting(id: QueueId, from: number, limit: number, key?: string): readonly QueuedAction[] {
    const gates = [...(this.#scheduler.queues.find(id)?.gates.values() ?? [])];
    const chosen = key === undefined ? gates : gates.filter((gate) => gate.key === key);
    const items: QueuedAction[] = [];
    let index = 0;
    for (const entry of inOrder(chosen.flatMap(({ strands }) => [...strands]))) {
      if (index >= from) items.push(toAction(entry));
      index += 1;
      if (items.length >= limit) break;
    }
    return items;
  }

  async pause(id: QueueId, by: string): Promise<void> {
    await this.#set(id, { at: new Date(this.#clock.now()), by });
  }

  async resume(id: QueueId): Promise<void> {
    await this.#set(id, undefined);
  }

  subscribe(listener: (id: QueueId) => void): () => void {
    // The same function may listen twice.
    return this.#listeners.add((id) => listener(id));
  }

  /** Something has changed in a queue. */
  tell(id: QueueId): void {
    if (this.#listeners.size > 0) this.#listeners.tell(id);
  }

  close(): void {
    this.#listeners.clear();
  }

  async #set(id: QueueId, pause: QueueRecord["paused"]): Promise<void> {
    const { project, domain, name } = id;
    if (this.get(id) === undefined) {
      throw new AppEnvError("NOT_FOUND", `There is no queue '${name}' in ${project}/${domain}.`, {
        fix: "Look at the queues there are: `appenv get queue`.",
      });
    }
    await this.#store.pauses.set(id, pause, (paused) => {
      this.#scheduler.queues.pause(id, paused);
      this.tell(id);
    });
  }
}

/** The jobs of strands in the order in which they start: the highest priority first, and with the same one the strands take turns. */
function* inOrder(strands: readonly WaitingStrand[]): Generator<Waiting> {
  const levels = [...Map.groupBy(strands, ({ priority }) => priority)].toSorted(([one], [other]) => other - one);
  for (const [, level] of levels) {
    yield* takeTurns(level.toSorted((one, other) => one.since - other.since).map((strand) => strand.inOrder()));
  }
}

function toAction({ job }: Waiting): QueuedAction {
  const { id, queue, priority, queuedAt, environment, task } = job;
  const name = `${environment.slice(environment.lastIndexOf("/") + 1)}.${task}`;
  return { ...id, task: name, key: queue.key, priority, queuedAt: new Date(queuedAt) };
}

function oldestOf(gates: readonly Gate[]): Date | undefined {
  let oldest = Infinity;
  for (const { waiting } of gates) {
    const first = waiting.values().next().value;
    if (first !== undefined) oldest = Math.min(oldest, first.job.queuedAt);
  }
  return oldest === Infinity ? undefined : new Date(oldest);
}

function isUsed({ gates }: { readonly gates: ReadonlyMap<string, Gate> }): boolean {
  return [...gates.values()].some(isUsedGate);
}

function isUsedGate({ waiting, running }: Gate): boolean {
  return waiting.size > 0 || running.size > 0;
}

function isIn(id: QueueId, { project, domain }: Pick<QueueId, "project" | "domain">): boolean {
  return (project === "" || id.project === project) && (domain === "" || id.domain === domain);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

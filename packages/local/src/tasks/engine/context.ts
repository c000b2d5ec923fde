import type { ActionId } from "@appenv/protocol";
import type { Workers } from "../contracts.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { AttemptRow } from "../store/rows.ts";
import type { CacheTurns } from "./cache-turns.ts";
import type { Clock } from "./clock.ts";
import type { Scheduler } from "./scheduler.ts";
import type { ActionState, RunState, TimerName } from "./state.ts";

/** One line of an action's log. */
export interface ActionLine {
  readonly id: ActionId;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `platform`: said by the engine. */
  readonly stream: "stdout" | "stderr" | "platform";
  readonly text: string;
}

/** What the parts of the engine share. */
export class EngineContext {
  readonly store: TaskStore;
  readonly workers: Workers;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly cacheTurns: CacheTurns;
  /** How many attempts that have a process to themselves run at once, in each environment. */
  readonly isolatedLimit: number;
  /** Live runs by their rows. */
  readonly runs: Map<number, RunState> = new Map();
  /** Actions that change with the next transaction; nothing is noted while nobody listens. */
  readonly changed: Map<number, ActionId> = new Map();
  watched = false;
  closed = false;
  readonly #log: (line: ActionLine) => void;
  readonly #timers: Set<() => void> = new Set();

  constructor(
    options: Pick<EngineContext, "store" | "workers" | "clock" | "scheduler" | "cacheTurns" | "isolatedLimit"> & {
      readonly log: (line: ActionLine) => void;
    },
  ) {
    this.store = options.store;
    this.workers = options.workers;
    this.clock = options.clock;
    this.scheduler = options.scheduler;
    this.cacheTurns = options.cacheTurns;
    this.isolatedLimit = options.isolatedLimit;
    this.#log = options.log;
  }

  /** Has an action written soon, with all that changed since. */
  save({ row, run }: ActionState): void {
    this.touch(row.id, { project: run.project, domain: run.domain, run: run.run, action: row.name });
    const { committer, actions } = this.store;
    committer.save(
      row,
      () => actions.write(row),
      () => {
        row.stored = true;
        row.inputs = undefined;
        row.outputs = undefined;
      },
    );
  }

  saveAttempt(row: AttemptRow): void {
    this.store.committer.save(row, () => this.store.actions.writeAttempt(row));
  }

  /** Listeners are told that it has changed. */
  touch(id: number, action: ActionId): void {
    if (this.watched) this.changed.set(id, action);
  }

  /** Its `task.Inputs`. @throws AppEnvError NOT_FOUND if they are gone. */
  inputsOf({ row }: ActionState): Uint8Array {
    const { objects, actions } = this.store;
    return objects.get(row.inputs ?? actions.inputs(row.id) ?? { bytes: new Uint8Array() });
  }

  log({ row, run }: ActionState, text: string, stream: ActionLine["stream"] = "platform", at?: number): void {
    const id = { project: run.project, domain: run.domain, run: run.run, action: row.name };
    this.#log({ id, attempt: Math.max(row.attempts, 1), at: at ?? this.clock.now(), stream, text });
  }

  /** Replaces the timer of that name. */
  setTimer(action: ActionState, name: TimerName, ms: number, callback: () => void): void {
    this.clearTimer(action, name);
    action.timers[name] = this.after(ms, () => {
      delete action.timers[name];
      callback();
    });
  }

  clearTimer(action: ActionState, name: TimerName): void {
    action.timers[name]?.();
    delete action.timers[name];
  }

  clearTimers(action: ActionState): void {
    for (const name of Object.keys(action.timers)) this.clearTimer(action, name as TimerName);
  }

  /** Calls back later, unless it is cancelled or the engine closed before. */
  after(ms: number, callback: () => void): () => void {
    const cancel = this.clock.after(ms, () => {
      this.#timers.delete(forget);
      if (!this.closed) callback();
    });
    const forget = (): void => {
      this.#timers.delete(forget);
      cancel();
    };
    this.#timers.add(forget);
    return forget;
  }

  close(): void {
    this.closed = true;
    for (const forget of this.#timers) forget();
  }
}

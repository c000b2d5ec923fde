import type { ActionId } from "@appenv/protocol";
import type { TaskStore } from "../store/task-store.ts";
import type { AttemptRow } from "../store/rows.ts";
import type { Clock } from "./clock.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { LinkTo } from "./link-to.ts";
import { EventWaits } from "./event-waits.ts";
import type { ActionState, RunState, TimerName } from "./state.ts";
import { ActionTotals } from "./totals.ts";

/** Destination of the lines of actions' logs. */
export interface ActionLogSink {
  /** @param at - Milliseconds since 1970. @param stream - `platform`: said by the engine. */
  write(id: ActionId, attempt: number, at: number, stream: "stdout" | "stderr" | "platform", text: string): void;
  /** No line of it follows. */
  ended(id: ActionId): void;
}

/** State and tools that the parts of the engine share. */
export class EngineContext {
  readonly store: TaskStore;
  readonly logs: ActionLogSink;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly linkTo: LinkTo | undefined;
  /** Time that a recorded result waits for those recorded before it, in milliseconds. */
  readonly replayPatienceMs: number;
  readonly totals: ActionTotals = new ActionTotals();
  readonly eventWaits: EventWaits = new EventWaits();
  /** Live runs by their rows. */
  readonly runs: Map<number, RunState> = new Map();
  /** Actions that the last transaction changed; nothing is noted while nobody listens. */
  readonly changed: Map<number, ActionId> = new Map();
  watched = false;
  closed = false;
  /** Called when notifications of a run are on disk. */
  onNotify: () => void = () => {};
  /** Called when a run of a task ends. */
  onRunEnd: (task: number) => void = () => {};
  /** Called for an action that cannot go on because of an error that nobody expected. */
  onStuck: (action: ActionState, error: unknown) => void = () => {};
  readonly #timers: Set<() => void> = new Set();

  constructor(options: Pick<EngineContext, "store" | "logs" | "clock" | "scheduler" | "linkTo" | "replayPatienceMs">) {
    this.linkTo = options.linkTo;
    this.store = options.store;
    this.logs = options.logs;
    this.clock = options.clock;
    this.scheduler = options.scheduler;
    this.replayPatienceMs = options.replayPatienceMs;
  }

  /** Writes an action soon, with all changes until then. */
  save(action: ActionState): void {
    const { row } = action;
    const { committer, actions } = this.store;
    committer.save(
      row,
      () => actions.write(row),
      () => {
        row.stored = true;
        this.touch(action);
        row.inputs = undefined;
        row.outputs = undefined;
      },
    );
  }

  saveAttempt(row: AttemptRow): void {
    this.store.committer.save(row, () => this.store.actions.writeAttempt(row));
  }

  /** Notes a change for the listeners: those of now, who may be others than when it was saved. */
  touch(action: ActionState): void {
    if (this.watched) this.changed.set(action.row.id, idOf(action));
  }

  /** Its `task.Inputs`. @throws AppEnvError NOT_FOUND if they are gone. */
  inputsOf({ row }: ActionState): Uint8Array {
    const { objects, actions } = this.store;
    return objects.get(row.inputs ?? actions.inputs(row.id) ?? { bytes: new Uint8Array() });
  }

  /** Writes a line of its log: the engine's own. */
  log(action: ActionState, text: string): void {
    this.logs.write(idOf(action), Math.max(action.row.attempts, 1), this.clock.now(), "platform", text);
  }

  /** Replaces the timer of that name. */
  setTimer(action: ActionState, name: TimerName, ms: number, callback: () => void): void {
    this.clearTimer(action, name);
    action.timers[name] = this.after(ms, () => {
      delete action.timers[name];
      this.guard(action, callback);
    });
  }

  /** Acts for an action. An error ends the action's run, and nothing else. */
  guard(action: ActionState, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.onStuck(action, error);
    }
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

/** An action's identity. */
export function idOf({ row, run }: ActionState): ActionId {
  return { project: run.project, domain: run.domain, run: run.run, action: row.name };
}

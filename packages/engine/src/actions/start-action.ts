import { cacheKey } from "@appenv/protocol/tasks";
import type { CancelledRow } from "../store/rows.ts";
import type { ActionState } from "../live/state.ts";
import { systemError } from "./action-errors.ts";
import type { Attempts } from "../attempts/attempts.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "./end-action.ts";
import { whenDue } from "./schedule.ts";
import { delayAfter, platformEnded } from "../attempts/retry-decision.ts";
import { definitionOf } from "../attempts/worker-spec.ts";

/** Starts actions: takes a result from the cache, or puts the action in the queue. */
export class ActionStarter {
  readonly #context: EngineContext;
  readonly #attempts: Attempts;

  constructor(context: EngineContext, attempts: Attempts) {
    this.#context = context;
    this.#attempts = attempts;
  }

  /** Takes a new action's result from the cache, or puts it in the queue. */
  start(action: ActionState): void {
    this.#whenDue(action, () => {
      this.#attempts.armDeadline(action);
      this.#lookUp(action, () => this.#attempts.enqueue(action));
    });
  }

  /** Goes on with an action that a restart found. */
  wake(action: ActionState): void {
    this.#whenDue(action, () => this.#wake(action));
  }

  #whenDue(action: ActionState, begin: () => void): void {
    this.#safely(action, () => whenDue(this.#context, action, () => this.#safely(action, begin)));
  }

  #wake(action: ActionState): void {
    action.asleep = false;
    this.#endOpenAttempt(action);
    this.#attempts.armDeadline(action);
    if (action.row.cancelled !== undefined) return this.#cancelAgain(action, action.row.cancelled);
    // Also an action that waits to be tried again holds its key meanwhile, as it did before the restart.
    this.#lookUp(action, () => this.#goOn(action));
  }

  /** It was cancelled, and its `uncancelled` scopes have to come to their end. */
  #cancelAgain(action: ActionState, { outcome }: CancelledRow): void {
    action.stopping ??= outcome;
    const key = this.#setKey(action);
    const begin = (): void => this.#attempts.enqueue(action);
    if (key === undefined || !definitionOf(action).settings.cache.serialize) return begin();
    this.#context.scheduler.takeCacheTurn(key, action, () => this.#safely(action, begin));
  }

  #goOn(action: ActionState): void {
    const { row } = action;
    if (row.nextAt === undefined) return this.#attempts.enqueue(action);
    const { backoff } = definitionOf(action).settings;
    // A clock that was set back makes the wait no longer than it was.
    const longest = Math.max(
      delayAfter(Math.max(row.failures, 1), backoff),
      delayAfter(row.systemFailures + 1, undefined),
    );
    this.#attempts.retryIn(action, Math.min(Math.max(row.nextAt - this.#context.clock.now(), 0), longest));
  }

  /** Fails an action that cannot begin, for instance because its inputs are gone. */
  #safely(action: ActionState, begin: () => void): void {
    try {
      begin();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      finish(this.#context, action, { phase: "FAILED", error: systemError("UNEXPECTED", message) });
    }
  }

  /** @param run - Called when there is no result that may be taken. */
  #lookUp(action: ActionState, run: () => void): void {
    const context = this.#context;
    const key = this.#setKey(action);
    if (key === undefined) return run();
    const goOn = (): void => {
      const isNew = action.run.settings.overwriteCache || action.run.rerun?.again.has(action.row.name) === true;
      const outputs = isNew ? undefined : context.store.cache.find(key);
      if (outputs === undefined) return run();
      action.row.cache = "hit";
      finish(context, action, { phase: "SUCCEEDED", outputs });
    };
    if (!definitionOf(action).settings.cache.serialize) return goOn();
    action.row.phase = "WAITING_FOR_RESOURCES";
    context.save(action);
    context.scheduler.takeCacheTurn(key, action, () => this.#safely(action, goOn));
  }

  #setKey(action: ActionState): string | undefined {
    const { task } = action;
    const definition = definitionOf(action);
    const { cache } = definition.settings;
    if (task === undefined || cache.behavior === "disable") return undefined;
    const inputs = this.#context.inputsOf(action);
    action.cacheKey = cacheKey({ task: task.record.id, interface: definition.interface, cache, inputs });
    action.row.cache = "miss";
    return action.cacheKey;
  }

  #endOpenAttempt(action: ActionState): void {
    const context = this.#context;
    const { row } = action;
    const open = row.attempts === 0 ? undefined : context.store.actions.openAttempt(row.id, row.attempts);
    if (open === undefined) return;
    open.phase = "FAILED";
    open.error = platformEnded();
    open.endedAt = Math.max(context.clock.now(), open.startedAt ?? open.queuedAt);
    context.saveAttempt(open);
    context.log(action, `[${open.error.code}] ${open.error.message}`);
  }
}

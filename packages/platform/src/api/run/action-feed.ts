import type { RunId } from "@appenv/protocol";
import { Listeners } from "@appenv/core/internal";
import type { ActionEvent, TaskEngine } from "@appenv/engine";
import { rootAction, runKey } from "../requests/ids.ts";

type Listener = (event: ActionEvent) => void;

/**
 * Passes the engine's events on to watchers of a run, or of all: one subscription for all watchers, and none while nobody
 * watches, since then the engine has less to do.
 */
export class ActionFeed {
  readonly #engine: Pick<TaskEngine, "subscribe">;
  readonly #byRun = new Map<string, Listeners<ActionEvent>>();
  readonly #ofRoots = new Listeners<ActionEvent>("the first actions of all runs");
  #unsubscribe: (() => void) | undefined;

  constructor(engine: Pick<TaskEngine, "subscribe">) {
    this.#engine = engine;
  }

  /** Calls `listener` for every change of a run's actions until the returned function is called. */
  ofRun(run: RunId, listener: Listener): () => void {
    const key = runKey(run);
    const listeners = this.#byRun.get(key) ?? new Listeners<ActionEvent>("a run's actions");
    this.#byRun.set(key, listeners);
    const remove = listeners.add(listener);
    this.#listen();
    return () => {
      remove();
      if (listeners.size === 0 && this.#byRun.get(key) === listeners) this.#byRun.delete(key);
      this.#rest();
    };
  }

  /** Calls `listener` for every change of the first action of any run until the returned function is called. */
  ofRoots(listener: Listener): () => void {
    const remove = this.#ofRoots.add(listener);
    this.#listen();
    return () => {
      remove();
      this.#rest();
    };
  }

  /** Unsubscribes, and forgets its listeners. */
  close(): void {
    this.#byRun.clear();
    this.#ofRoots.clear();
    this.#rest();
  }

  #listen(): void {
    this.#unsubscribe ??= this.#engine.subscribe((event) => this.#tell(event));
  }

  #rest(): void {
    if (this.#byRun.size > 0 || this.#ofRoots.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #tell(event: ActionEvent): void {
    if (event.id.action === rootAction) this.#ofRoots.tell(event);
    if (this.#byRun.size > 0) this.#byRun.get(runKey(event.id))?.tell(event);
  }
}

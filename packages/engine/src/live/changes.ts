import { Listeners } from "@appenv/core/internal";
import type { ActionId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "../contracts/actions.ts";
import { actionRecord } from "../store/read-records.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { ProjectDomain } from "../store/task-table.ts";
import type { EngineContext } from "./context.ts";
import { lazyEvent } from "./lazy-event.ts";

/** Tells of changes of actions once they are on disk. */
export class ActionChanges {
  readonly #context: EngineContext;
  readonly #listeners: Listeners<ActionEvent> = new Listeners("the actions of runs");

  constructor(context: EngineContext) {
    this.#context = context;
  }

  subscribe(listener: (event: ActionEvent) => void): () => void {
    // The same function may listen twice.
    const forget = this.#listeners.add((event) => listener(event));
    this.#context.watched = true;
    return () => {
      forget();
      this.#context.watched = this.#listeners.size > 0;
    };
  }

  /** Unsubscribes all. */
  close(): void {
    this.#listeners.clear();
  }

  /** Tells listeners of the changes of the last transaction. */
  tell(): void {
    const { changed, store } = this.#context;
    const events = [...changed].map(([row, id]) => lazyEvent(id, () => this.#read(store, row, id)));
    changed.clear();
    for (const event of events) this.#listeners.tell(event);
  }

  #read(store: TaskStore, row: number, id: ActionId): ActionRecord {
    const scope = store.tasks.findScope(id.project, id.domain) as ProjectDomain;
    return actionRecord(store, scope, id.run, store.actions.byId(row) ?? {});
  }
}

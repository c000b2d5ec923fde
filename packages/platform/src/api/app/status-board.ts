import type { AppId } from "@appenv/protocol";
import type { AppController, AppEvent, AppPhase, AppSnapshot } from "../../apps/contract.ts";
import { statusText } from "../../apps/failure.ts";
import { Listeners } from "@appenv/core/internal";

/** One change of an app's phase. */
export interface Transition {
  readonly at: Date;
  readonly phase: AppPhase;
  /** With the code and the fix of a failure. */
  readonly message: string;
  readonly revision: number;
}

/** An app and the history of its phase. */
export interface AppView {
  readonly app: AppSnapshot;
  /** Oldest first; the last one is the current one. */
  readonly transitions: readonly Transition[];
}

/** A change of an app. */
export type BoardEvent =
  | { readonly type: "created"; readonly view: AppView }
  | { readonly type: "deleted"; readonly view: AppView }
  | { readonly type: "updated"; readonly view: AppView; readonly old: AppView };

/** Maximum transitions of an app that are kept. */
const kept = 10;

/** Remembers the phases of all apps, and tells its listeners of changes that clients can see. */
export class StatusBoard {
  readonly #controller: AppController;
  readonly #views = new Map<string, AppView>();
  /** The views that the listeners know. */
  readonly #told = new Map<string, AppView>();
  readonly #listeners = new Listeners<BoardEvent>("the status board");
  readonly #unsubscribe: () => void;

  constructor(controller: AppController) {
    this.#controller = controller;
    this.#unsubscribe = controller.subscribe((event) => this.#onEvent(event));
    for (const app of controller.list()) this.#told.set(keyOf(app.id), this.view(app));
  }

  /** An app as it stands now. */
  get(id: AppId): AppView | undefined {
    const app = this.#controller.get(id);
    return app === undefined ? undefined : this.view(app);
  }

  /** All apps as they stand now. */
  list(): AppView[] {
    return this.#controller.list().map((app) => this.view(app));
  }

  /** A snapshot with what came before it. */
  view(app: AppSnapshot): AppView {
    const key = keyOf(app.id);
    const view = { app, transitions: addTransition(this.#views.get(key)?.transitions ?? [], app) };
    this.#views.set(key, view);
    return view;
  }

  /** Calls `listener` for every change until the returned function is called. */
  subscribe(listener: (event: BoardEvent) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Unsubscribes, and forgets its listeners. */
  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #onEvent({ type, app }: AppEvent): void {
    const key = keyOf(app.id);
    const old = this.#told.get(key);
    const view = this.view(app);
    if (type === "deleted") {
      this.#views.delete(key);
      this.#told.delete(key);
      this.#listeners.tell({ type, view });
      return;
    }
    this.#told.set(key, view);
    if (old === undefined) this.#listeners.tell({ type: "created", view });
    else if (differs(old.app, app)) this.#listeners.tell({ type: "updated", view, old });
  }
}

function keyOf({ project, domain, name }: AppId): string {
  return JSON.stringify([project, domain, name]);
}

/** A new message in the same phase of the same revision replaces the old one. */
function addTransition(before: readonly Transition[], app: AppSnapshot): readonly Transition[] {
  const { phase, revision, since: at } = app;
  const message = statusText(app);
  const last = before.at(-1);
  if (last?.phase !== phase || last.revision !== revision) {
    return [...before, { at, phase, message, revision }].slice(-kept);
  }
  return last.message === message ? before : [...before.slice(0, -1), { at, phase, message, revision }];
}

function differs(one: AppSnapshot, other: AppSnapshot): boolean {
  const keys = ["phase", "message", "failure", "revision", "endpoint", "readyReplicas", "definition"] as const;
  return keys.some((key) => one[key] !== other[key]);
}

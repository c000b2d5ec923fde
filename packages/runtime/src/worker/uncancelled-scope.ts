import { AsyncLocalStorage } from "node:async_hooks";
import { AppEnvError } from "@appenv/core";
import { runInContext, currentRunContext } from "@appenv/core/internal";
import { atTime } from "./at-time.ts";

const storage = new AsyncLocalStorage<UncancelledScope>();

/** A scope in an attempt's code that the attempt's cancellation does not reach. */
export class UncancelledScope {
  /** Tells it from others of the attempt. */
  readonly id: number;
  readonly limitMs: number;
  /** The one around it. */
  readonly parent: UncancelledScope | undefined;
  readonly #owner: object;
  readonly #abort: AbortController = new AbortController();
  #isOpen = true;
  #disarm: (() => void) | undefined;
  /** Set once its own time is over. */
  #over: AppEnvError | undefined;

  constructor(owner: object, id: number, limitMs: number) {
    this.id = id;
    this.limitMs = limitMs;
    this.parent = UncancelledScope.current(owner);
    this.#owner = owner;
  }

  /** The innermost one that is open around the running code. @param owner - The attempt. */
  static current(owner: object): UncancelledScope | undefined {
    const scope = storage.getStore()?.innermostOpen;
    return scope !== undefined && scope.#owner === owner ? scope : undefined;
  }

  /** This one, or the next around it that has not ended. */
  get innermostOpen(): UncancelledScope | undefined {
    for (const scope of this.#outwards()) if (scope.#isOpen) return scope;
    return undefined;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The reason why nothing may be called in it any more. */
  get over(): AppEnvError | undefined {
    for (const scope of this.#outwards()) if (scope.#over !== undefined) return scope.#over;
    return undefined;
  }

  /** Answers true if it is another scope, or inside of it. */
  isWithin(other: UncancelledScope): boolean {
    for (const scope of this.#outwards()) if (scope === other) return true;
    return false;
  }

  run<T>(code: () => Promise<T>): Promise<T> {
    return storage.run(this, code);
  }

  /** Its attempt is cancelled: from now on its time runs. @param reached - Called when that is over. */
  limit(reached: (reason: AppEnvError) => void): void {
    if (!this.#isOpen || this.#disarm !== undefined) return;
    this.#disarm = atTime(Date.now() + this.limitMs, () => {
      this.#over = overTime(this.limitMs);
      reached(this.#over);
    });
  }

  /** Aborts its signal, where its listeners belong. */
  abort(reason: AppEnvError): void {
    const scope = currentRunContext();
    storage.run(this, () => runInContext(scope, () => this.#abort.abort(reason)));
  }

  close(): void {
    this.#isOpen = false;
    this.#disarm?.();
  }

  *#outwards(): Generator<UncancelledScope, undefined> {
    yield this;
    for (let scope = this.parent; scope !== undefined; scope = scope.parent) yield scope;
  }
}

function overTime(limitMs: number): AppEnvError {
  const limit = limitMs < 1_000 ? `${limitMs} ms` : `${Math.round(limitMs / 100) / 10} s`;
  return new AppEnvError(
    "TIMED_OUT",
    `The function in 'uncancelled' ran longer than ${limit} after the cancellation.`,
    {
      fix: "Make it faster, or raise the `timeout` of `uncancelled`.",
    },
  );
}

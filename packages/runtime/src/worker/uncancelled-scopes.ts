import type { AppEnvError } from "@appenv/core";
import type { AttemptStart } from "../ipc/worker-messages.ts";
import type { Batcher } from "./batcher.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { UncancelledScope } from "./uncancelled-scope.ts";

/** The type and the reason of an attempt's cancellation. */
export type Cancelled = {
  readonly type: "aborted" | "timed-out";
  readonly reason: AppEnvError;
  readonly retryable: boolean;
};

/** The parts of an attempt that its scopes need. */
export interface ScopesOwner {
  readonly start: AttemptStart;
  readonly calls: PendingCalls<unknown>;
  readonly batcher: Batcher;
  cancelled(): Cancelled | undefined;
  hasEnded(): boolean;
  /** Runs code as the attempt's own. */
  inAttempt(code: () => void): void;
}

/** The `uncancelled` scopes of an attempt. */
export class UncancelledScopes {
  readonly #owner: ScopesOwner;
  readonly #open: Set<UncancelledScope> = new Set();
  #last = 0;

  constructor(owner: ScopesOwner) {
    this.#owner = owner;
  }

  /** Runs code in a scope of its own. @param limitMs - Time that it may go on after the cancellation. */
  async run<T>(limitMs: number, code: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { calls, start, cancelled } = this.#owner;
    const scope = new UncancelledScope(calls, (this.#last += 1), limitMs);
    if (scope.over !== undefined) throw scope.over;
    this.#open.add(scope);
    try {
      await this.#announce(scope);
      // A scope that goes through a cancellation again has no more time than it had.
      if (cancelled() !== undefined || start.cancelled !== undefined) this.#limit(scope);
      return await scope.run(() => code(scope.signal));
    } finally {
      this.#leave(scope);
    }
  }

  /** Starts the time limits of all open scopes, when the attempt is cancelled. */
  limit(): void {
    for (const scope of this.#open) this.#limit(scope);
  }

  /** Resolves when the scope is stored: from then on it runs to its end even if this process ends. */
  async #announce(scope: UncancelledScope): Promise<void> {
    const { calls, start, batcher, cancelled } = this.#owner;
    const { type, reason, retryable = false } = cancelled() ?? {};
    const isTimedOut = type === "timed-out" && start.cancelled === undefined;
    const timedOut = isTimedOut && reason !== undefined ? { message: reason.message, retryable } : undefined;
    const { call, outcome } = calls.add(scope);
    const { id, limitMs } = scope;
    batcher.say({ type: "uncancelled", attempt: start.id, call, scope: id, limitMs, timedOut });
    await outcome;
  }

  #limit(scope: UncancelledScope): void {
    const { calls, inAttempt } = this.#owner;
    scope.limit((reason) => {
      calls.reject(reason, (each) => each?.isWithin(scope) ?? false);
      inAttempt(() => scope.abort(reason));
    });
  }

  #leave(scope: UncancelledScope): void {
    const { calls, start, batcher, cancelled, hasEnded } = this.#owner;
    scope.close();
    this.#open.delete(scope);
    if (hasEnded()) return;
    const reason = cancelled()?.reason;
    if (reason !== undefined) calls.reject(reason, (each) => each?.innermostOpen === undefined);
    batcher.say({ type: "uncancelled-end", attempt: start.id, scope: scope.id });
  }
}

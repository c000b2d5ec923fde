import type { ActionOutcome } from "../ipc/action-messages.ts";
import type { UncancelledScope } from "./uncancelled-scope.ts";

/** Numbers the calls of all attempts of a worker. */
export interface CallNumbers<Owner> {
  /** The number of the next call; its outcome is given to `settle`. */
  nextCall(owner: Owner): number;
  /** Says that nobody waits for the outcome any more. */
  forgetCall(call: number): void;
}

interface Pending {
  readonly answer: PromiseWithResolvers<ActionOutcome>;
  readonly scope: UncancelledScope | undefined;
}

/** The open requests of an attempt to the platform. */
export class PendingCalls<Owner> {
  readonly #owner: Owner;
  readonly #numbers: CallNumbers<Owner>;
  readonly #calls: Map<number, Pending> = new Map();

  constructor(owner: Owner, numbers: CallNumbers<Owner>) {
    this.#owner = owner;
    this.#numbers = numbers;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** @param scope - The `uncancelled` scope that the request is made in, if any. */
  add(scope: UncancelledScope | undefined): { readonly call: number; readonly outcome: Promise<ActionOutcome> } {
    const call = this.#numbers.nextCall(this.#owner);
    const answer = Promise.withResolvers<ActionOutcome>();
    this.#calls.set(call, { answer, scope });
    return { call, outcome: answer.promise };
  }

  settle(call: number, outcome: ActionOutcome): void {
    this.#calls.get(call)?.answer.resolve(outcome);
    this.#calls.delete(call);
  }

  /** Gives up waiting. @param which - Default: for all of them. */
  reject(reason: unknown, which: (scope: UncancelledScope | undefined) => boolean = () => true): void {
    for (const [call, { answer, scope }] of this.#calls) {
      if (!which(scope)) continue;
      this.#calls.delete(call);
      this.#numbers.forgetCall(call);
      answer.reject(reason);
    }
  }
}

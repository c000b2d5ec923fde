import type { RollbackRules } from "@appenv/core";

/** Requests, and those of them that failed. */
export interface Count {
  readonly requests: number;
  readonly failures: number;
}

interface Entry extends Count {
  readonly at: number;
}

/** Counts requests and failures of one revision: all, and those of the last while. Times are milliseconds of one clock. */
export class FailureTally implements Count {
  requests = 0;
  failures = 0;
  readonly #windowMs: number;
  readonly #recent: Entry[] = [];

  /** @param windowMs - How far back `recent` reaches. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(at: number, { requests, failures }: Count): void {
    this.requests += requests;
    this.failures += failures;
    if (requests > 0 || failures > 0) this.#recent.push({ at, requests, failures });
    while (this.#recent.length > 0 && (this.#recent[0]?.at ?? 0) < at - this.#windowMs) this.#recent.shift();
  }

  /** What came in the window that ends now. */
  recent(now: number): Count {
    const entries = this.#recent.filter(({ at }) => at >= now - this.#windowMs);
    const sum = (key: keyof Count): number => entries.reduce((total, entry) => total + entry[key], 0);
    return { requests: sum("requests"), failures: sum("failures") };
  }
}

/**
 * Whether a revision fails too often. If those beside it do so as well, it is not the revision's fault.
 *
 * @param beside - What the other revisions counted in the same window.
 */
export function failsTooOften(rules: RollbackRules, judged: Count, beside: Count): boolean {
  return exceeds(rules, judged) && !exceeds(rules, beside);
}

function exceeds({ errorRate, minRequests }: RollbackRules, { requests, failures }: Count): boolean {
  return requests >= minRequests && failures > requests * errorRate;
}

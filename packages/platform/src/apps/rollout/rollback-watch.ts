import { AppEnvError, type RollbackRules } from "@appenv/core";
import type { RevisionWeight } from "../contract.ts";
import { failureOf, type Failure } from "../failure.ts";
import { newestOf, type TrafficPlan } from "../traffic/traffic-plan.ts";

/** Requests, and those of them that failed. */
export interface Count {
  readonly requests: number;
  readonly failures: number;
}

/** A decision to take a revision that fails too often out of traffic. */
export interface Rollback {
  readonly revision: number;
  /** The weights from now on. */
  readonly weights: readonly RevisionWeight[];
  readonly failure: Failure;
}

const defaultWindowMs = 60_000;

/** Counts the answers of an app's revisions, and says when the newest one is to be taken out of traffic. */
export class RollbackWatch {
  #tallies = new Map<number, FailureTally>();
  #plan: TrafficPlan | undefined;
  #before: TrafficPlan | undefined;
  #since = 0;

  /** Begins anew with a plan. @param before - The plan that served until now, to come back to. */
  begin(plan: TrafficPlan, before: TrafficPlan | undefined): void {
    const { windowMs = defaultWindowMs } = rulesOf(plan) ?? {};
    this.#tallies = new Map(plan.weights.map(({ revision }) => [revision, new FailureTally(windowMs)]));
    this.#plan = plan;
    this.#before = before;
    this.#since = performance.now();
  }

  /** The answers of a revision since the plan began. */
  count(revision: number): Count {
    return this.#tallies.get(revision) ?? { requests: 0, failures: 0 };
  }

  /** Adds the answers of a revision since the last call. */
  add(revision: number, count: Count): void {
    this.#tallies.get(revision)?.add(performance.now(), count);
  }

  /** The rollback that is due, if one is. */
  due(): Rollback | undefined {
    const now = performance.now();
    const plan = this.#plan;
    const rules = plan === undefined ? undefined : rulesOf(plan);
    const newest = plan?.weights[0];
    if (plan === undefined || rules === undefined || newest === undefined) return undefined;
    const weights = this.#instead(plan, newest.revision, rules, now);
    const judged = this.#recent([newest], now);
    const beside = this.#recent(plan.weights.slice(1), now);
    // If the revisions beside it fail as well, it is not the newest one's fault.
    if (weights === undefined || !exceeds(rules, judged) || exceeds(rules, beside)) return undefined;
    return { revision: newest.revision, weights, failure: rolledBack(newest.revision, judged, rules) };
  }

  #instead(
    plan: TrafficPlan,
    newest: number,
    { watchMs }: RollbackRules,
    now: number,
  ): readonly RevisionWeight[] | undefined {
    const [first, ...others] = plan.weights.filter(({ revision }) => revision !== newest);
    if (first !== undefined) return withoutNewest(plan, [first, ...others]);
    const isNew = this.#before !== undefined && this.#before.main.number < newest;
    return isNew && now - this.#since < watchMs ? this.#before?.weights : undefined;
  }

  #recent(weights: readonly RevisionWeight[], now: number): Count {
    return total(weights.flatMap(({ revision }) => this.#tallies.get(revision)?.recent(now) ?? []));
  }
}

/** Counts the answers of one revision: all, and the recent ones. Times are milliseconds of one clock. */
class FailureTally implements Count {
  requests = 0;
  failures = 0;
  readonly #windowMs: number;
  readonly #recent: (Count & { readonly at: number })[] = [];

  /** @param windowMs - The reach of `recent`. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(at: number, { requests, failures }: Count): void {
    this.requests += requests;
    this.failures += failures;
    if (requests > 0 || failures > 0) this.#recent.push({ at, requests, failures });
    while (this.#recent.length > 0 && (this.#recent[0]?.at ?? 0) < at - this.#windowMs) this.#recent.shift();
  }

  recent(now: number): Count {
    return total(this.#recent.filter(({ at }) => at >= now - this.#windowMs));
  }
}

function total(counts: readonly Count[]): Count {
  const sum = (key: keyof Count): number => counts.reduce((all, count) => all + count[key], 0);
  return { requests: sum("requests"), failures: sum("failures") };
}

function exceeds({ errorRate, minRequests }: RollbackRules, { requests, failures }: Count): boolean {
  return requests >= minRequests && failures > requests * errorRate;
}

/** The weight of the newest revision goes to the one with the largest of the others. */
function withoutNewest({ weights }: TrafficPlan, others: readonly RevisionWeight[]): readonly RevisionWeight[] {
  const largest = Math.max(...others.map(({ weight }) => weight));
  const heir = others.findLast(({ weight }) => weight === largest);
  const freed = weights[0]?.weight ?? 0;
  return others.map((each) => (each === heir ? { ...each, weight: each.weight + freed } : each));
}

function rulesOf(plan: TrafficPlan): RollbackRules | undefined {
  return newestOf(plan).definition.traffic?.rollback;
}

function rolledBack(revision: number, { requests, failures }: Count, { errorRate, windowMs }: RollbackRules): Failure {
  const message =
    `Revision ${revision} was taken out: ${failures} of its last ${requests} requests failed ` +
    `(${inPercent(failures / requests)} % within ${windowMs / 1_000} seconds; ${inPercent(errorRate)} % may).`;
  return failureOf(new AppEnvError("ROLLED_BACK", message));
}

/** With one digit after the point. */
function inPercent(part: number): number {
  return Math.round(part * 1_000) / 10;
}

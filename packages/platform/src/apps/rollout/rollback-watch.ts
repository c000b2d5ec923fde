import type { RollbackRules } from "@appenv/core";
import type { Share } from "../../contracts.ts";
import { FailureTally, failsTooOften, type Count } from "./failure-tally.ts";
import { newestOf, type TrafficPlan } from "../traffic/traffic-plan.ts";

/** What is to be done about a revision that fails too often. */
export interface Verdict {
  readonly revision: number;
  /** Who gets the requests instead. */
  readonly shares: readonly Share[];
  /** Why, for people. */
  readonly reason: string;
}

const defaultWindowMs = 60_000;

/** Counts what the revisions of an app answer, and tells when the newest one is to be taken out of traffic. */
export class RollbackWatch {
  #tallies = new Map<number, FailureTally>();
  #plan: TrafficPlan | undefined;
  #before: TrafficPlan | undefined;
  #since = 0;

  /** Begins anew with a plan. @param before - What served until now, to come back to. */
  begin(plan: TrafficPlan, before: TrafficPlan | undefined): void {
    const { windowMs = defaultWindowMs } = rulesOf(plan) ?? {};
    this.#tallies = new Map(plan.shares.map(({ revision }) => [revision, new FailureTally(windowMs)]));
    this.#plan = plan;
    this.#before = before;
    this.#since = performance.now();
  }

  /** What a revision answered since the plan began. */
  count(revision: number): Count {
    return this.#tallies.get(revision) ?? { requests: 0, failures: 0 };
  }

  /** Takes what a revision counted since the last time. */
  add(revision: number, count: Count): void {
    this.#tallies.get(revision)?.add(performance.now(), count);
  }

  /** What is to be done, if anything is. */
  judge(): Verdict | undefined {
    const now = performance.now();
    const plan = this.#plan;
    const rules = plan === undefined ? undefined : rulesOf(plan);
    const newest = plan?.shares[0];
    if (plan === undefined || rules === undefined || newest === undefined) return undefined;
    const shares = this.#instead(plan, newest.revision, rules, now);
    const judged = this.#recent([newest], now);
    if (shares === undefined || !failsTooOften(rules, judged, this.#recent(plan.shares.slice(1), now)))
      return undefined;
    return { revision: newest.revision, shares, reason: describe(newest.revision, judged, rules) };
  }

  #instead(plan: TrafficPlan, newest: number, { watchMs }: RollbackRules, now: number): readonly Share[] | undefined {
    const [first, ...others] = plan.shares.filter(({ revision }) => revision !== newest);
    if (first !== undefined) return withoutNewest(plan, [first, ...others]);
    const isNew = this.#before !== undefined && this.#before.main.number < newest;
    return isNew && now - this.#since < watchMs ? this.#before?.shares : undefined;
  }

  #recent(shares: readonly Share[], now: number): Count {
    const counts = shares.map(({ revision }) => this.#tallies.get(revision)?.recent(now));
    const sum = (key: keyof Count): number => counts.reduce((total, count) => total + (count?.[key] ?? 0), 0);
    return { requests: sum("requests"), failures: sum("failures") };
  }
}

/** The share of the newest goes to whoever has the most of the others. */
function withoutNewest({ shares }: TrafficPlan, others: readonly Share[]): readonly Share[] {
  const largest = Math.max(...others.map(({ percent }) => percent));
  const heir = others.findLast(({ percent }) => percent === largest);
  const freed = shares[0]?.percent ?? 0;
  return others.map((share) => (share === heir ? { ...share, percent: share.percent + freed } : share));
}

function rulesOf(plan: TrafficPlan): RollbackRules | undefined {
  return newestOf(plan).definition.traffic?.rollback;
}

function describe(revision: number, { requests, failures }: Count, { errorRate, windowMs }: RollbackRules): string {
  return (
    `[ROLLED_BACK] Revision ${revision} was taken out: ${failures} of its last ${requests} requests failed ` +
    `(${inPercent(failures / requests)} % within ${windowMs / 1_000} seconds; ${inPercent(errorRate)} % may).`
  );
}

/** With one digit after the point. */
function inPercent(part: number): number {
  return Math.round(part * 1_000) / 10;
}

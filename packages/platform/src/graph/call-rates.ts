import type { CallCount } from "@appenv/core/internal";
import type { TokenCaller } from "../secrets/tokens/answer-tokens.ts";
import { nodeId } from "./node-id.ts";

/** The calls along an edge. */
export interface EdgeCalls {
  /** Since the platform has started, as `failures`. */
  readonly calls: number;
  readonly failures: number;
  /** On average over the last ten seconds, as `failuresPerSecond`. */
  readonly callsPerSecond: number;
  readonly failuresPerSecond: number;
}

/** Calls from one node to another. */
export interface CalledEdge extends EdgeCalls {
  /** The ids of nodes. */
  readonly from: string;
  readonly to: string;
}

interface Counted {
  readonly from: string;
  readonly to: string;
  calls: number;
  failures: number;
  /** Calls and failures by the second, since 1970, in which they were told. */
  readonly seconds: Map<number, { calls: number; failures: number }>;
}

/** The time that rates are averaged over, in seconds. */
const span = 10;
/** Maximum pairs that are counted; more are of programs that make up names. */
const mostEdges = 10_000;

/** Counts the calls between apps and tasks, as their processes tell of them. */
export class CallRates {
  readonly #edges: Map<string, Counted> = new Map();
  readonly #now: () => number;

  /** @param now - In milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Adds the calls that a process tells of. Code outside a task, in a task's process, is nobody's. */
  note(from: TokenCaller, counts: readonly CallCount[]): void {
    for (const { task, kind, name, calls, failures } of counts) {
      const caller = callerOf(from, task);
      if (caller !== undefined) this.#add(caller, nodeId(kind, from, name), calls, failures);
    }
  }

  /** All pairs with calls. */
  edges(): readonly CalledEdge[] {
    return [...this.#edges.values()].map((edge) => this.#rated(edge));
  }

  #add(from: string, to: string, calls: number, failures: number): void {
    const key = `${from} ${to}`;
    const edge = this.#edges.get(key) ?? { from, to, calls: 0, failures: 0, seconds: new Map() };
    if (edge.seconds.size === 0 && edge.calls === 0) {
      if (this.#edges.size >= mostEdges) return;
      this.#edges.set(key, edge);
    }
    const now = this.#second();
    const second = edge.seconds.get(now) ?? { calls: 0, failures: 0 };
    edge.seconds.set(now, { calls: second.calls + calls, failures: second.failures + failures });
    edge.calls += calls;
    edge.failures += failures;
    this.#forget(edge);
  }

  #rated(edge: Counted): CalledEdge {
    this.#forget(edge);
    const { from, to, calls, failures, seconds } = edge;
    const sum = (of: "calls" | "failures"): number => [...seconds.values()].reduce((all, each) => all + each[of], 0);
    return {
      from,
      to,
      calls,
      failures,
      callsPerSecond: sum("calls") / span,
      failuresPerSecond: sum("failures") / span,
    };
  }

  #forget({ seconds }: Counted): void {
    const oldest = this.#second() - span;
    for (const second of seconds.keys()) if (second <= oldest) seconds.delete(second);
  }

  #second(): number {
    return Math.floor(this.#now() / 1_000);
  }
}

function callerOf(from: TokenCaller, task: string | undefined): string | undefined {
  if (task !== undefined) return nodeId("task", from, task);
  return from.subject.startsWith("app:") ? nodeId("app", from, from.subject.slice("app:".length)) : undefined;
}

import { currentRunContext } from "../task/calls/current-run-context.ts";
import { WaitingDeliveries, type NotedDelivery } from "./noted-delivery.ts";

/** Something that is called: an app by requests, or a task by runs and calls. */
export interface Called {
  readonly kind: "app" | "task";
  /** The name of the app on the platform, or `environment.task`. */
  readonly name: string;
}

/** Calls of one app or task since the last report. */
export interface CallCount extends Called {
  /** The task that called, `environment.task`; undefined if it was no task. */
  readonly task: string | undefined;
  readonly calls: number;
  /** Calls of these that failed, or were answered with a status of 500 or above. */
  readonly failures: number;
}

type Counting = { -readonly [Key in keyof CallCount]: CallCount[Key] };

/** Observations of a process since its last report. */
export interface Noted {
  /** SHA-256 hashes (hex) of the API keys that requests carried. */
  readonly keys: readonly string[];
  readonly calls: readonly CallCount[];
  /** Deliveries to webhooks. */
  readonly deliveries: readonly NotedDelivery[];
}

/** Maximum callers and targets that are told apart between two reports; a process with more has more than a page can show. */
const mostCounts = 1_000;

/** Observations that a process collects for the platform, which asks for them with its load. */
export class Notes {
  /** Hashes of the API keys that requests carried. */
  readonly keys: Set<string> = new Set();
  readonly deliveries: WaitingDeliveries = new WaitingDeliveries();
  readonly #calls: Map<string, Counting> = new Map();

  /** Counts a call by the code that runs, all of its attempts as one. */
  countCall({ kind, name }: Called, failed: boolean): void {
    const task = currentRunContext()?.context.task;
    const key = `${task ?? ""} ${kind} ${name}`;
    const count = this.#calls.get(key) ?? { task, kind, name, calls: 0, failures: 0 };
    if (count.calls === 0) {
      if (this.#calls.size >= mostCounts) return;
      this.#calls.set(key, count);
    }
    count.calls += 1;
    if (failed) count.failures += 1;
  }

  /** Gives out what was noted since the last time; undefined if that is nothing. */
  take(): Noted | undefined {
    const deliveries = this.deliveries.take();
    if (this.keys.size === 0 && this.#calls.size === 0 && deliveries.length === 0) return undefined;
    const noted = { keys: [...this.keys], calls: [...this.#calls.values()], deliveries };
    this.keys.clear();
    this.#calls.clear();
    return noted;
  }
}

/** Kept on the global object, so that all copies of this package see it. */
const place: unique symbol = Symbol.for("appenv.notes") as never;

interface Place {
  [place]?: Notes;
}

/** Begins to collect observations in this process. For the runtime, in processes of a platform. */
export function openNotes(): Notes {
  return ((globalThis as Place)[place] ??= new Notes());
}

/** The observations of this process; undefined where nobody asks for them. */
export function currentNotes(): Notes | undefined {
  return (globalThis as Place)[place];
}

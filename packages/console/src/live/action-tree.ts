import {
  ActionPhaseNumber,
  CatalogCacheStatus,
  awaitedEvent,
  sleepEnd,
  type ActionMessage,
  type EnrichedAction,
} from "@appenv/protocol/tasks";
import { hasFailed } from "../pages/run/phases.ts";
import { msOf } from "../parts/time.tsx";

/** An action of a run, as it was heard of last. There may be 100,000: nothing is kept that the tree does not show. */
export interface LiveAction {
  readonly name: string;
  /** Empty for the first. */
  readonly parent: string;
  readonly kind: "task" | "trace" | "condition" | "sleep" | "event";
  /** The planned end of a sleep, in milliseconds since 1970. */
  readonly until?: number;
  /** The full name of its task, or that of the traced function or condition. */
  readonly what: string;
  readonly group: string;
  readonly shortName: string;
  /** Its number among those of the same `what`, from 1. */
  readonly nth: number;
  readonly phase: ActionPhaseNumber;
  /** While it waits for its turn: the moment at which it was asked for. Milliseconds since 1970. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly attempts: number;
  readonly isCached: boolean;
}

/** The actions of a run, in the order in which they were asked for. It grows in place: a new version is a new `seen`. */
export class ActionTree {
  readonly #all: Map<string, LiveAction> = new Map();
  readonly #children: Map<string, string[]> = new Map();
  readonly #counts: Map<string, number> = new Map();
  readonly #failed: Set<string> = new Set();
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  /** The first action, whole. */
  root: ActionMessage | undefined;

  get size(): number {
    return this.#all.size;
  }

  /** Names of those that failed. */
  get failed(): ReadonlySet<string> {
    return this.#failed;
  }

  /** The first moment and the last one of all actions, in milliseconds since 1970. */
  get bounds(): { readonly from: number; readonly to: number } {
    return { from: this.#from, to: this.#to };
  }

  get(name: string): LiveAction | undefined {
    return this.#all.get(name);
  }

  values(): Iterable<LiveAction> {
    return this.#all.values();
  }

  /** Names of the actions that one has called. */
  childrenOf(name: string): readonly string[] {
    return this.#children.get(name) ?? [];
  }

  /** True if there are several of its `what`, so that people need its number. */
  isOneOfSeveral({ what }: Pick<LiveAction, "what">): boolean {
    return (this.#counts.get(what) ?? 0) > 1;
  }

  /** Takes what has changed. */
  apply(changes: readonly EnrichedAction[]): void {
    for (const { action: message } of changes) {
      if (message?.id !== undefined) this.#put(message, message.id.name);
    }
  }

  #put(message: ActionMessage, name: string): void {
    const before = this.#all.get(name);
    const fixed = before ?? this.#fixed(message, name);
    const { status } = message;
    const phase = status?.phase ?? ActionPhaseNumber.UNSPECIFIED;
    const startedAt = msOf(status?.startTime);
    const endedAt = msOf(status?.endTime);
    this.#all.set(name, {
      ...fixed,
      phase,
      startedAt,
      endedAt,
      attempts: status?.attempts ?? 0,
      isCached: status?.cacheStatus === CatalogCacheStatus.CACHE_HIT,
    });
    if (fixed.parent === "") this.root = message;
    this.#failed[hasFailed(phase) ? "add" : "delete"](name);
    this.#from = Math.min(this.#from, startedAt ?? Number.POSITIVE_INFINITY);
    this.#to = Math.max(this.#to, endedAt ?? startedAt ?? 0);
  }

  #fixed(
    { metadata }: ActionMessage,
    name: string,
  ): Omit<LiveAction, "phase" | "startedAt" | "endedAt" | "attempts" | "isCached"> {
    const { spec, funtionName = "", group = "", parent = "" } = metadata ?? {};
    const isTask = spec?.case === "task";
    const until = spec?.case === "trace" ? sleepEnd(spec.value.name, funtionName)?.getTime() : undefined;
    const what =
      until !== undefined ? "sleep" : (isTask ? spec.value.id?.name : spec?.value?.name) || funtionName || name;
    const shortName = (isTask && spec.value.shortName) || what;
    const nth = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, nth);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, [name]);
    else siblings.push(name);
    const isEvent = spec?.case === "trace" && awaitedEvent(spec.value.name, funtionName) !== undefined;
    const kind = until !== undefined ? "sleep" : isEvent ? "event" : (spec?.case ?? "task");
    return { name, parent, kind, what, group, shortName, nth, ...(until !== undefined && { until }) };
  }
}

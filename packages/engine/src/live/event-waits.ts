import type { EventFilter, EventWait } from "../contracts/events.ts";
import type { ActionState } from "./state.ts";
import { eventKey } from "../store/event-table.ts";

/** The actions that wait for events, by the events. */
export class EventWaits {
  readonly #waiting = new Map<string, Set<ActionState>>();

  add(action: ActionState): void {
    const key = keyOf(action);
    const there = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, there.add(action));
  }

  delete(action: ActionState): void {
    const key = keyOf(action);
    const there = this.#waiting.get(key);
    if (there?.delete(action) === true && there.size === 0) this.#waiting.delete(key);
  }

  /** Of each run the one that has waited longest. @param event - Of `eventKey`. */
  of(scope: { readonly project: string; readonly domain: string }, event: string): readonly ActionState[] {
    const first = new Map<number, ActionState>();
    for (const action of this.#waiting.get(scopedKey(scope, event)) ?? []) {
      if (!first.has(action.row.run)) first.set(action.row.run, action);
    }
    return [...first.values()];
  }

  /** Actions that wait, the one that has waited longest first. */
  list({ project, domain, name, limit }: EventFilter): readonly EventWait[] {
    const isAsked = ({ run, row }: ActionState): boolean =>
      (project === "" || run.project === project) &&
      (domain === "" || run.domain === domain) &&
      (name === "" || row.event?.name === name);
    return [...this.#waiting.values()]
      .flatMap((actions) => [...actions].filter(isAsked))
      .toSorted((one, other) => (one.row.startedAt ?? 0) - (other.row.startedAt ?? 0))
      .slice(0, limit)
      .map(waitOf);
  }
}

function waitOf({ run: { project, domain, run }, row }: ActionState): EventWait {
  const { name = "", key = "" } = row.event ?? {};
  return { project, domain, run, action: row.name, name, key, since: new Date(row.startedAt ?? 0) };
}

function keyOf({ run, row }: ActionState): string {
  return scopedKey(run, eventKey(row.event?.name ?? "", row.event?.key ?? ""));
}

function scopedKey({ project, domain }: { readonly project: string; readonly domain: string }, event: string): string {
  return JSON.stringify([project, domain, event]);
}

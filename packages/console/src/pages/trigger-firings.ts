import type { Firings, TriggerMessage } from "@appenv/protocol/tasks";
import { firings } from "../api/clients.ts";
import { msOf } from "../parts/time.tsx";
import type { Name } from "../route/names.ts";

/** Firings of triggers, by their triggers. */
export type FiringsByTrigger = ReadonlyMap<string, Firings>;

/** Reads the firings of all triggers, or of one. @param next - Number of next firings. */
export async function readFirings(
  asked: Partial<Pick<Name, "project" | "domain" | "name">> & { readonly task?: string; readonly next?: number },
  signal: AbortSignal,
): Promise<FiringsByTrigger> {
  const { firings: all } = await firings.listFirings(asked, { signal });
  return new Map(all.map((each) => [keyOf(each.trigger), each]));
}

/** Firings of a trigger of a list. */
export function firingsOf(all: FiringsByTrigger, { id }: Pick<TriggerMessage, "id">): Firings | undefined {
  const { project = "", domain = "", taskName: task = "", name = "" } = id?.name ?? {};
  return all.get(keyOf({ project, domain, task, name }));
}

/** The next firing of a trigger, in milliseconds since 1970; undefined if it has none. */
export function firesNext(of: Firings | undefined): number | undefined {
  return msOf(of?.next[0]);
}

function keyOf(trigger: Partial<Name> & { readonly task?: string } = {}): string {
  return JSON.stringify([trigger.project, trigger.domain, trigger.task, trigger.name]);
}

import type { TaskRecord, TaskRegistry, Triggers } from "@appenv/engine";
import type { AppController } from "../../apps/contract.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import type { CallRates } from "../../graph/call-rates.ts";
import { makeGraph, type Graph } from "../../graph/graph.ts";
import type { Place } from "../../graph/node-id.ts";

/** Sources of the graph. */
export interface GraphContext {
  readonly controller: Pick<AppController, "list" | "subscribe">;
  readonly registry: Pick<TaskRegistry, "list">;
  readonly triggers: Pick<Triggers, "list">;
  readonly rates: CallRates;
  readonly inbox: Pick<Inbox, "webhooks">;
}

/** Maximum tasks of a graph: nobody reads more, and an answer stays small. */
const mostTasks = 2_000;

/** A graph, and the number of tasks that are not in it. */
export interface ReadGraph extends Graph {
  readonly leftOut: number;
}

/** Reads the graph of a place; an empty project or domain means all. */
export function readGraph({ controller, registry, triggers, rates, inbox }: GraphContext, place: Place): ReadGraph {
  const isHere = ({ project, domain }: Place): boolean =>
    (place.project === "" || place.project === project) && (place.domain === "" || place.domain === domain);
  const tasks = registry.list(place, { limit: mostTasks, token: "" });
  const graph = makeGraph({
    apps: controller
      .list()
      .filter(({ id }) => isHere(id))
      .toSorted((one, other) => byName(one.id, other.id)),
    tasks: tasks.items.toSorted((one: TaskRecord, other: TaskRecord) => byName(one.id, other.id)),
    triggers: triggers.list(place),
    webhooks: inbox.webhooks().filter(({ app }) => isHere(app)),
    calls: rates.edges(),
  });
  return { ...graph, leftOut: tasks.total - tasks.items.length };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

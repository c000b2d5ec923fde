import { Filter_Function } from "@appenv/protocol";
import { runs, tasks, triggers } from "../api/clients.ts";
import { allApps } from "../live/apps.ts";
import { pathOf, type Name } from "../route/names.ts";

/** A page that one can go to. */
export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly where: string;
  readonly href: string;
}

const pages: readonly Place[] = [
  { kind: "page", name: "Overview", where: "", href: "/" },
  { kind: "page", name: "Runs", where: "", href: "/v2/runs" },
  { kind: "page", name: "Apps", where: "", href: "/v2/apps" },
  { kind: "page", name: "Tasks", where: "", href: "/v2/tasks" },
  { kind: "page", name: "Triggers", where: "", href: "/v2/triggers" },
  { kind: "page", name: "Events", where: "", href: "/v2/events" },
  { kind: "page", name: "Webhooks", where: "", href: "/v2/webhooks" },
  { kind: "page", name: "Queues", where: "", href: "/v2/queues" },
  { kind: "page", name: "Graph", where: "", href: "/v2/graph" },
  { kind: "page", name: "Keys and secrets", where: "", href: "/v2/keys" },
];

/** A part of the places, as they come. */
export type TellPlaces = (places: readonly Place[]) => void;

/** Words that name kinds, by which one may look: no part of a name. */
const kinds = new Set(["app", "run", "task", "trigger", "page"]);

/**
 * Looks for places by a part of their names, and tells those that are known so far: pages and apps at once. The rest is asked of
 * the platform, which may have any number of them.
 */
export async function findPlaces(text: string, signal: AbortSignal, tell: TellPlaces): Promise<void> {
  const apps = [...(allApps.value?.values() ?? [])].flatMap((app) => place("apps", app.metadata?.id));
  const groups: (readonly Place[])[] = [pages, apps];
  tell(groups.flat());
  const part = partOf(text);
  const searches = [tasksOf, triggersOf, runsOf].map(async (find, index) => {
    groups[2 + index] = await find(part, signal);
    if (!signal.aborted) tell(groups.flat());
  });
  await Promise.allSettled(searches);
}

/** The longest word that may be a part of a name. */
function partOf(text: string): string {
  const words = text.split(/\s+/).filter((word) => !kinds.has(word.toLowerCase()));
  return words.toSorted((one, other) => other.length - one.length)[0] ?? "";
}

const limit = 50;
/** Triggers are few, and the platform does not look for them by name. */
const mostTriggers = 500;

async function tasksOf(part: string, signal: AbortSignal): Promise<readonly Place[]> {
  const filters = part === "" ? [] : [{ field: "name", function: Filter_Function.CONTAINS, values: [part] }];
  const page = await tasks.listTasks({ request: { limit, filters } }, { signal });
  return page.tasks.flatMap(({ taskId }) => place("tasks", taskId));
}

async function triggersOf(_: string, signal: AbortSignal): Promise<readonly Place[]> {
  const page = await triggers.listTriggers({ request: { limit: mostTriggers } }, { signal });
  return page.triggers.flatMap(({ id }) => place("triggers", id?.name));
}

/** By the name of the run, and by that of its task. */
async function runsOf(part: string, signal: AbortSignal): Promise<readonly Place[]> {
  const filters = [
    { field: "name", function: Filter_Function.CONTAINS_CASE_INSENSITIVE, values: [part] },
    { field: "task_name", function: Filter_Function.CONTAINS, values: [part] },
  ];
  const asked = part === "" ? [[]] : filters.map((filter) => [filter]);
  const found = await Promise.all(
    asked.map((each) => runs.listRuns({ request: { limit, filters: each } }, { signal })),
  );
  const places = found.flatMap((page) =>
    page.runs.flatMap(({ action }) => place("runs", action?.id?.run, action?.metadata?.funtionName)),
  );
  return [...new Map(places.map((each) => [each.href, each])).values()];
}

function place(kind: "apps" | "runs" | "tasks" | "triggers", id: Name | undefined, more = ""): Place[] {
  if (id === undefined) return [];
  const where = `${id.project}/${id.domain}`;
  return [
    { kind: kind.slice(0, -1), name: more === "" ? id.name : `${id.name} ${more}`, where, href: pathOf(kind, id) },
  ];
}

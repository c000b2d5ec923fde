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
  { kind: "page", name: "Webhooks", where: "", href: "/v2/webhooks" },
  { kind: "page", name: "Queues", where: "", href: "/v2/queues" },
  { kind: "page", name: "Graph", where: "", href: "/v2/graph" },
  { kind: "page", name: "Keys and secrets", where: "", href: "/v2/keys" },
];

/** Looks for all places, and tells those that it knows so far: pages and apps at once, the rest when it comes. */
export async function findPlaces(signal: AbortSignal, tell: (places: readonly Place[]) => void): Promise<void> {
  const apps = [...(allApps.value?.values() ?? [])].flatMap((app) => place("apps", app.metadata?.id));
  const groups: (readonly Place[])[] = [pages, apps];
  tell(groups.flat());
  const searches = [tasksOf, triggersOf, runsOf].map(async (find, index) => {
    groups[2 + index] = await find(signal);
    if (!signal.aborted) tell(groups.flat());
  });
  await Promise.allSettled(searches);
}

const request = { limit: 500 };

async function tasksOf(signal: AbortSignal): Promise<readonly Place[]> {
  const page = await tasks.listTasks({ request }, { signal });
  return page.tasks.flatMap(({ taskId }) => place("tasks", taskId));
}

async function triggersOf(signal: AbortSignal): Promise<readonly Place[]> {
  const page = await triggers.listTriggers({ request }, { signal });
  return page.triggers.flatMap(({ id }) => place("triggers", id?.name));
}

async function runsOf(signal: AbortSignal): Promise<readonly Place[]> {
  const page = await runs.listRuns({ request }, { signal });
  return page.runs.flatMap(({ action }) => place("runs", action?.id?.run, action?.metadata?.funtionName));
}

function place(kind: "apps" | "runs" | "tasks" | "triggers", id: Name | undefined, more = ""): Place[] {
  if (id === undefined) return [];
  const where = `${id.project}/${id.domain}`;
  return [
    { kind: kind.slice(0, -1), name: more === "" ? id.name : `${id.name} ${more}`, where, href: pathOf(kind, id) },
  ];
}

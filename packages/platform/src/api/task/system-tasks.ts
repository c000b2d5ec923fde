import type { Listed, Page, TaskRecord, TaskRegistry } from "@appenv/engine";
import { buildTask } from "../../tasks/images/build-task.ts";

/** The registry with the tasks that the platform itself has, in a project that people have nothing else in. */
export function withSystemTasks(registry: TaskRegistry): TaskRegistry {
  const { name: own, project, domain, version: only } = buildTask.id;
  const isThere = (asked: { readonly project: string; readonly domain: string }): boolean =>
    asked.project === project && asked.domain === domain;
  return {
    deploy: (tasks) => registry.deploy(tasks),
    get: (name, version) => {
      const isOwn = isThere(name) && name.name === own && (version === undefined || version === only);
      return isOwn ? buildTask : registry.get(name, version);
    },
    list: (scope, page) =>
      isThere(scope) ? listOf(own.includes(scope.contains ?? ""), page) : registry.list(scope, page),
    versions: (name, page) => (isThere(name) ? listOf(name.name === own, page) : registry.versions(name, page)),
    uses: (bundle) => registry.uses(bundle),
    removeOld: (isInUse) => registry.removeOld(isInUse),
    projects: () => registry.projects(),
  };
}

function listOf(matches: boolean, { token }: Page): Listed<TaskRecord> {
  const items = matches && token === "" ? [buildTask] : [];
  return { items, token: "", total: items.length };
}

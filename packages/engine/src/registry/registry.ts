import type { DatabaseSync } from "node:sqlite";
import type { Listed, Page } from "../contracts/lists.ts";
import type { TaskRecord, TaskRegistry, TaskToDeploy } from "../contracts/tasks.ts";
import type { TriggerChanges, Triggers } from "../contracts/triggers.ts";
import type { TaskStore } from "../store/task-store.ts";
import { readTask } from "../store/task-table.ts";
import { checkQueues } from "../queues/deployed-queues.ts";
import { noteOrphans } from "../objects/note-orphans.ts";
import { removeOldVersions } from "./remove-old-versions.ts";
import { pageTokens, type PageTokens } from "@appenv-internal/state/page-token";

/** Needs of the registry. */
export interface TaskRegistryOptions {
  readonly store: TaskStore;
  /** The triggers, of which those of a task change with it. Default: none are kept. */
  readonly triggers?: Pick<Triggers, "prepare">;
}

/** The tasks in the database. */
export function openTaskRegistry({ store, triggers }: TaskRegistryOptions): TaskRegistry {
  const { database, tasks, committer } = store;
  const lists = new TaskLists(database);
  const write = (deployed: readonly TaskToDeploy[]): readonly TriggerChanges[] => {
    // Refusals come before the first row is written, as `commit` requires.
    checkQueues(deployed);
    const changes = triggersOf(deployed, triggers);
    for (const { triggers: _, ...task } of deployed) tasks.put({ ...task, deployedAt: new Date() }, lists.nextPlace());
    for (const change of changes) change.write();
    return changes;
  };
  // One after the other: each is prepared from the triggers as the one before has left them.
  let last: Promise<unknown> = Promise.resolve();
  return {
    deploy: async (deployed) => {
      const before = last;
      const stored = before.then(() =>
        committer.commit(
          () => write(deployed),
          (changes) => {
            for (const change of changes) change.keep();
            for (const task of deployed) store.deployedQueues.deployed(task);
          },
        ),
      );
      last = stored.catch(() => {});
      await stored;
    },
    get: (name, version) => {
      if (version !== undefined) return tasks.find(name, version)?.record;
      const latest = tasks.name(name)?.latest;
      return latest === undefined ? undefined : tasks.byId(latest)?.record;
    },
    list: (scope, page) => lists.newest(scope, page),
    versions: (name, page) => lists.versions(tasks.name(name)?.id ?? 0, page),
    uses: (bundle) => store.versions.names(bundle),
    removeOld: async (isInUse) => {
      const removed = await removeOldVersions(store, isInUse);
      await noteOrphans(store);
      return removed;
    },
    projects: () => lists.projects(),
  };
}

/** The changes of the triggers. Of two versions of a task, the later one has them. */
function triggersOf(
  deployed: readonly TaskToDeploy[],
  triggers: TaskRegistryOptions["triggers"],
): readonly TriggerChanges[] {
  if (triggers === undefined) return [];
  const newest = new Map(deployed.map((task) => [JSON.stringify({ ...task.id, version: "" }), task]));
  return [...newest.values()].map((task) => triggers.prepare(task.id, task.triggers));
}

const joined = `tasks t JOIN task_names n ON n.id = t.name JOIN task_scopes s ON s.id = n.scope`;
const columns = "t.*, n.name AS task_name, n.scope, s.project, s.domain";

class TaskLists {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Of the next deployment among all. */
  nextPlace(): number {
    return this.#number("SELECT ifnull(max(deployed), 0) + 1 AS n FROM task_names");
  }

  newest(scope: { project: string; domain: string; contains?: string }, page: Page): Listed<TaskRecord> {
    const where = `n.deployed > 0 AND (?1 = '' OR s.project = ?1) AND (?2 = '' OR s.domain = ?2)
      AND instr(lower(n.name), lower(?3)) > 0`;
    const from = "task_names n JOIN task_scopes s ON s.id = n.scope";
    const values = [scope.project, scope.domain, scope.contains ?? ""];
    const tokens = pageTokens("tasks", values);
    const rows = this.#database
      .prepare(
        `SELECT ${columns} FROM ${from} JOIN tasks t ON t.id = n.latest WHERE ${where} AND n.deployed < ?4
         ORDER BY n.deployed DESC LIMIT ?5`,
      )
      .all(...values, positionOf(tokens, page), page.limit + 1);
    const total = this.#number(`SELECT count(*) AS n FROM ${from} WHERE ${where}`, ...values);
    return toList(tokens, rows, page, total);
  }

  versions(name: number, page: Page): Listed<TaskRecord> {
    const tokens = pageTokens("versions", name);
    const rows = this.#database
      .prepare(
        `SELECT ${columns} FROM ${joined} WHERE t.name = ? AND t.deployed > 0 AND t.deployed < ?
         ORDER BY t.deployed DESC LIMIT ?`,
      )
      .all(name, positionOf(tokens, page), page.limit + 1);
    const total = this.#number("SELECT count(*) AS n FROM tasks WHERE name = ? AND deployed > 0", name);
    return toList(tokens, rows, page, total);
  }

  projects(): string[] {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT s.project FROM task_names n JOIN task_scopes s ON s.id = n.scope WHERE n.deployed > 0
         ORDER BY s.project`,
      )
      .all();
    return rows.map((row) => String(row["project"]));
  }

  #number(sql: string, ...values: (string | number)[]): number {
    return Number(this.#database.prepare(sql).get(...values)?.["n"]);
  }
}

/** The place of the deployment that the page comes before. */
function positionOf(tokens: PageTokens, { token }: Page): number {
  const [before = Number.MAX_SAFE_INTEGER] = tokens.read(token) ?? [];
  return Number(before);
}

function toList(
  tokens: PageTokens,
  rows: readonly Readonly<Record<string, unknown>>[],
  { limit }: Page,
  total: number,
): Listed<TaskRecord> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => readTask(row).record),
    token: rows.length > shown.length && last !== undefined ? tokens.write([Number(last["deployed"])]) : "",
    total,
  };
}

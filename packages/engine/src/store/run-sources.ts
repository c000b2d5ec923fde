import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { RunFilter } from "../contracts/runs.ts";
import type { ProjectDomain } from "./task-table.ts";

/** Rows that one index gives in order of their ids: equal values of some columns. */
export interface Source {
  readonly columns: readonly string[];
  readonly values: readonly SQLInputValue[];
}

/** Maximum runs that one page of a search for text looks at: some ten milliseconds, in which nothing else is done. */
const lookedAtOnce = 20_000;

/** Looks up which indexes, and which part of them, a filter of runs is read from. */
export class RunSources {
  readonly #database: DatabaseSync;
  readonly #statements: Map<string, ReturnType<DatabaseSync["prepare"]>> = new Map();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The ids among which a page is read, ends excluded; `next`: the end of those if there are more beyond it. */
  span(filter: RunFilter, after: number): { readonly low: number; readonly high: number; readonly next?: number } {
    const { createdFrom, createdBefore, text, oldestFirst = false } = filter;
    const idOf = (query: string, ...values: number[]): number | undefined => {
      const id = this.prepare(`SELECT ${query}`).get(...values)?.["id"];
      return id === null ? undefined : Number(id);
    };
    const from = createdFrom === undefined ? 1 : idOf("min(id) AS id FROM runs WHERE created_at >= ?", createdFrom);
    const to =
      createdBefore === undefined
        ? idOf("max(id) AS id FROM runs")
        : idOf("max(id) AS id FROM runs WHERE created_at < ?", createdBefore);
    if (from === undefined || to === undefined) return { low: 0, high: 0 };
    const [low, high] = oldestFirst ? [Math.max(after, from - 1), to + 1] : [from - 1, Math.min(after, to + 1)];
    if (text === undefined || high - low - 1 <= lookedAtOnce) return { low, high };
    if (oldestFirst) return { low, high: low + lookedAtOnce + 1, next: low + lookedAtOnce };
    return { low: high - lookedAtOnce - 1, high, next: high - lookedAtOnce };
  }

  /** The index that serves a filter best. The rest of the filter is looked at row by row. */
  sources(scope: RunFilter, scopes: readonly ProjectDomain[]): Source[] {
    const { trigger, taskName, taskVersion, triggerName } = scope;
    if (triggerName !== undefined) {
      const columns = ["scope", "trigger_task", "trigger_name"];
      return this.#tasksOfTrigger(triggerName).flatMap((task) =>
        scopes.map(({ id }) => ({ columns, values: [id, task, triggerName] })),
      );
    }
    if (trigger !== undefined) {
      const tasks = taskVersion === undefined ? [undefined] : this.#versions(taskName, taskVersion);
      const columns = ["scope", "trigger_task", "trigger_name"];
      return scopes.flatMap(({ id }) => {
        const values = [id, trigger.taskName, trigger.name];
        return tasks.map((task) =>
          task === undefined ? { columns, values } : { columns: [...columns, "task"], values: [...values, task] },
        );
      });
    }
    if (taskVersion !== undefined) return pairs("task", this.#versions(taskName, taskVersion), scopes);
    const tasks = this.named(scope);
    if (tasks !== undefined) return pairs("task_name", tasks, scopes);
    return scopes.map(({ id }) => ({ columns: ["scope"], values: [id] }));
  }

  /** The tasks that a filter names, in all projects: a run may be of another project than its task. */
  named({ taskName, taskContains }: RunFilter): number[] | undefined {
    const find = (where: string, value: string): number[] =>
      this.prepare(`SELECT id FROM task_names WHERE ${where}`)
        .all(value)
        .map((row) => Number(row["id"]));
    if (taskName !== undefined) return find("name = ?", taskName);
    return taskContains === undefined ? undefined : find("instr(lower(name), ?) > 0", taskContains.toLowerCase());
  }

  #tasksOfTrigger(name: string): string[] {
    const statement = this.prepare(
      `SELECT trigger_task AS task FROM run_counts WHERE trigger_name = ?1
       UNION SELECT task_name FROM triggers WHERE name = ?1`,
    );
    return statement.all(name).map((row) => String(row["task"]));
  }

  #versions(name: string | undefined, version: string): number[] {
    const statement = this.prepare(
      "SELECT t.id, n.name FROM tasks t JOIN task_names n ON n.id = t.name WHERE t.version = ?",
    );
    const rows = statement.all(version).filter((row) => name === undefined || row["name"] === name);
    return rows.map((row) => Number(row["id"]));
  }

  /** A statement, prepared once. */
  prepare(sql: string): ReturnType<DatabaseSync["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size < 200) this.#statements.set(sql, statement);
    return statement;
  }
}

function pairs(column: string, ids: readonly number[], scopes: readonly ProjectDomain[]): Source[] {
  return ids.flatMap((id) => scopes.map((scope) => ({ columns: [column, "scope"], values: [id, scope.id] })));
}

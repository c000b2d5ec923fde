import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { ActionPhase } from "@appenv/protocol";
import type { Listed, Page } from "../contracts/lists.ts";
import type { RunRecord, RunFilter } from "../contracts/runs.ts";
import { isFinal, kindCode, liveOutcome, livePhases, outcomes, phaseCode } from "./codes.ts";
import { runRecord, type RecordTables } from "./read-records.ts";
import { readLabels } from "./run-labels.ts";
import type { ProjectDomain } from "./task-table.ts";
import { idsPerRun } from "./rows.ts";

type Columns = Readonly<Record<string, unknown>>;

/** Rows that one index gives in order of their ids: equal values of some columns. */
interface Source {
  readonly columns: readonly string[];
  readonly values: readonly SQLInputValue[];
}

/**
 * Lists of runs. Each combination of a filter with one outcome is read from an index in order, and only as far as the
 * page needs; so a page costs the same with few runs and with many, also if hardly any has the phases asked for.
 */
export class RunList {
  readonly #database: DatabaseSync;
  readonly #tables: RecordTables;
  readonly #statements: Map<string, ReturnType<DatabaseSync["prepare"]>> = new Map();

  constructor(database: DatabaseSync, tables: RecordTables) {
    this.#database = database;
    this.#tables = tables;
  }

  list(asked: RunFilter, page: Page): Listed<RunRecord> {
    const scope = asked.pausedOnly === true ? { ...asked, phases: (asked.phases ?? livePhases).filter(isLive) } : asked;
    const oldestFirst = scope.oldestFirst === true;
    const tokens = pageTokens("runs", asked);
    const scopes = new Map(this.#tables.tasks.scopes(scope.project, scope.domain).map((each) => [each.id, each]));
    const sources = this.#sources(scope, [...scopes.values()]);
    const [after = oldestFirst ? 0 : Number.MAX_SAFE_INTEGER] = (tokens.read(page.token) ?? []) as readonly number[];
    const rows = sources
      .flatMap((source) => this.#read(source, scope, { after, oldestFirst, limit: page.limit + 1 }))
      .toSorted((one, other) => (Number(one["id"]) - Number(other["id"])) * (oldestFirst ? 1 : -1));
    const shown = rows.slice(0, page.limit);
    const count = (): number => this.#total(sources, scope);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => runRecord(this.#tables, scopes.get(Number(row["scope"])) as ProjectDomain, row)),
      token: rows.length > shown.length && last !== undefined ? tokens.write([Number(last["id"])]) : "",
      // Computed only if it is looked at.
      get total() {
        return count();
      },
    };
  }

  /** The index that serves a filter best. The rest of the filter is looked at row by row. */
  #sources(scope: RunFilter, scopes: readonly ProjectDomain[]): Source[] {
    const { trigger, taskName, taskVersion } = scope;
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
    if (taskName !== undefined) return pairs("task_name", this.#names(taskName), scopes);
    return scopes.map(({ id }) => ({ columns: ["scope"], values: [id] }));
  }

  /** In all projects: a run may be of another project than its task. */
  #names(name: string): number[] {
    const statement = this.#prepare("SELECT id FROM task_names WHERE name = ?");
    return statement.all(name).map((row) => Number(row["id"]));
  }

  #versions(name: string | undefined, version: string): number[] {
    const statement = this.#prepare(
      "SELECT t.id, n.name FROM tasks t JOIN task_names n ON n.id = t.name WHERE t.version = ?",
    );
    const rows = statement.all(version).filter((row) => name === undefined || row["name"] === name);
    return rows.map((row) => Number(row["id"]));
  }

  #read(
    { columns, values }: Source,
    { phases, pausedOnly, labels = {} }: RunFilter,
    { after, oldestFirst, limit }: { after: number; oldestFirst: boolean; limit: number },
  ): Columns[] {
    const where = `${columns.map((column) => `r.${column} = ?`).join(" AND ")}${pausedOnly === true ? hasPaused : ""}`;
    const order = oldestFirst ? "r.id > ? ORDER BY r.id" : "r.id < ? ORDER BY r.id DESC";
    const labelled = readLabels(labels);
    if (labelled !== undefined) {
      const byLabel = order.replaceAll("r.id", "l.run");
      const statement = this.#prepare(
        `SELECT r.* FROM ${labelled.from} WHERE ${labelled.where} AND ${where} AND ${inPhases(phases)} AND ${byLabel} LIMIT ?`,
      );
      return statement.all(...labelled.values, ...values, after, limit);
    }
    return outcomesOf(phases).flatMap((outcome) => {
      const live = outcome === liveOutcome && phases !== undefined;
      const join = live ? `JOIN actions a ON a.id = r.id * ${idsPerRun} AND a.phase IN (${liveCodes(phases)})` : "";
      const statement = this.#prepare(
        `SELECT r.* FROM runs r ${join} WHERE ${where} AND r.outcome = ? AND ${order} LIMIT ?`,
      );
      return statement.all(...values, outcome, after, limit);
    });
  }

  /** The number of runs. Ended ones are counted as they end, and live ones are few. */
  #total(sources: readonly Source[], { phases, pausedOnly, labels = {} }: RunFilter): number {
    let total = 0;
    const paused = pausedOnly === true ? hasPaused : "";
    const labelled = readLabels(labels);
    if (labelled !== undefined) {
      for (const { columns, values } of sources) {
        const where = `${columns.map((column) => `r.${column} = ?`).join(" AND ")}${paused}`;
        const counted = this.#prepare(
          `SELECT count(*) AS n FROM ${labelled.from} WHERE ${labelled.where} AND ${where} AND ${inPhases(phases)}`,
        );
        total += Number(counted.get(...labelled.values, ...values)?.["n"]);
      }
      return total;
    }
    const ended = outcomesOf(phases).filter((outcome) => outcome !== liveOutcome);
    for (const { columns, values } of sources) {
      const where = columns.map((column) => `${column} = ?`).join(" AND ");
      const counted = this.#prepare(
        `SELECT ifnull(sum(runs), 0) AS n FROM run_counts WHERE ${where} AND outcome IN (${ended.join(", ")})`,
      );
      total += Number(counted.get(...values)?.["n"]);
      if (phases === undefined || phases.some((phase) => phaseCode(phase) < 10)) {
        const codes = phases === undefined ? undefined : liveCodes(phases);
        const join =
          codes === undefined ? "" : `JOIN actions a ON a.id = r.id * ${idsPerRun} AND a.phase IN (${codes})`;
        const live = this.#prepare(
          `SELECT count(*) AS n FROM runs r ${join} WHERE ${columns.map((column) => `r.${column} = ?`).join(" AND ")} AND r.outcome = 0${paused}`,
        );
        total += Number(live.get(...values)?.["n"]);
      }
    }
    return total;
  }

  #prepare(sql: string): ReturnType<DatabaseSync["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size < 200) this.#statements.set(sql, statement);
    return statement;
  }
}

/** Runs with an action that waits for a person. An index has the few actions that have not ended. */
const hasPaused =
  ` AND r.id IN (SELECT run FROM actions INDEXED BY actions_live WHERE phase < 10` +
  ` AND phase = ${phaseCode("PAUSED")} AND kind = ${kindCode("condition")})`;

function isLive(phase: ActionPhase): boolean {
  return !isFinal(phase);
}

function pairs(column: string, ids: readonly number[], scopes: readonly ProjectDomain[]): Source[] {
  return ids.flatMap((id) => scopes.map((scope) => ({ columns: [column, "scope"], values: [id, scope.id] })));
}

function inPhases(phases: RunFilter["phases"]): string {
  if (phases === undefined) return "1";
  const ended = outcomesOf(phases).filter((outcome) => outcome !== liveOutcome);
  const live = `SELECT 1 FROM actions a WHERE a.id = r.id * ${idsPerRun} AND a.phase IN (${liveCodes(phases)})`;
  return `(r.outcome IN (${ended.join(", ")}) OR r.outcome = ${liveOutcome} AND EXISTS (${live}))`;
}

function outcomesOf(phases: RunFilter["phases"]): readonly number[] {
  if (phases === undefined) return outcomes;
  const codes = new Set(phases.map((phase) => (phaseCode(phase) < 10 ? liveOutcome : phaseCode(phase))));
  return [...codes];
}

function liveCodes(phases: NonNullable<RunFilter["phases"]>): string {
  return phases
    .map(phaseCode)
    .filter((code) => code < 10)
    .join(", ");
}

import type { DatabaseSync } from "node:sqlite";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { ActionPhase } from "@appenv/protocol";
import type { Listed, Page } from "../contracts/lists.ts";
import type { RunCounts, RunRecord, RunFilter } from "../contracts/runs.ts";
import { isFinal, kindCode, liveOutcome, livePhases, outcomes, phaseCode } from "./codes.ts";
import { runRecord, type RecordTables } from "./read-records.ts";
import { conditionsOf, type Conditions } from "./run-conditions.ts";
import { RunSources, type Source } from "./run-sources.ts";
import { readLabels } from "./run-labels.ts";
import type { ProjectDomain } from "./task-table.ts";
import { idsPerRun } from "./rows.ts";

type Columns = Readonly<Record<string, unknown>>;

/**
 * Lists of runs. Each combination of a filter with one outcome is read from an index in order, and only as far as the
 * page needs; so a page costs the same with few runs and with many, also if hardly any has the phases asked for.
 */
export class RunList {
  readonly #sources: RunSources;
  readonly #tables: RecordTables;

  constructor(database: DatabaseSync, tables: RecordTables) {
    this.#sources = new RunSources(database);
    this.#tables = tables;
  }

  list(asked: RunFilter, page: Page): Listed<RunRecord> {
    const scope = asked.pausedOnly === true ? { ...asked, phases: (asked.phases ?? livePhases).filter(isLive) } : asked;
    const oldestFirst = scope.oldestFirst === true;
    const tokens = pageTokens("runs", asked);
    const scopes = new Map(this.#tables.tasks.scopes(scope.project, scope.domain).map((each) => [each.id, each]));
    const sources = this.#sources.sources(scope, [...scopes.values()]);
    const [after = oldestFirst ? 0 : Number.MAX_SAFE_INTEGER] = (tokens.read(page.token) ?? []) as readonly number[];
    const span = this.#sources.span(scope, after);
    const rows = sources
      .flatMap((source) => this.#read(source, scope, { ...span, oldestFirst, limit: page.limit + 1 }))
      .toSorted((one, other) => (Number(one["id"]) - Number(other["id"])) * (oldestFirst ? 1 : -1));
    const shown = rows.slice(0, page.limit);
    const count = (): number => this.#total(sources, scope);
    const last = rows.length > shown.length ? Number(shown.at(-1)?.["id"]) : span.next;
    return {
      items: shown.map((row) => runRecord(this.#tables, scopes.get(Number(row["scope"])) as ProjectDomain, row)),
      token: last === undefined ? "" : tokens.write([last]),
      // Computed only if it is looked at.
      get total() {
        return count();
      },
    };
  }

  /** See `TaskEngine.countRuns`. */
  count({ project, domain }: Pick<RunFilter, "project" | "domain">, from: number, before: number): RunCounts {
    const scopes = new Set(this.#tables.tasks.scopes(project, domain).map(({ id }) => id));
    const rows = this.#sources
      .prepare(
        `SELECT scope, outcome, count(*) AS n FROM runs INDEXED BY runs_by_time WHERE created_at >= ? AND created_at < ?
         GROUP BY scope, outcome`,
      )
      .all(from, before)
      .filter(({ scope }) => scopes.has(Number(scope)));
    const of = (phase: ActionPhase): number => sumOf(rows, phaseCode(phase));
    return {
      running: sumOf(rows, liveOutcome),
      succeeded: of("SUCCEEDED"),
      failed: of("FAILED"),
      aborted: of("ABORTED"),
      timedOut: of("TIMED_OUT"),
    };
  }

  #read(
    { columns, values }: Source,
    filter: RunFilter,
    { low, high, oldestFirst, limit }: { low: number; high: number; oldestFirst: boolean; limit: number },
  ): Columns[] {
    const { phases, labels = {} } = filter;
    const more = this.#conditions(filter);
    const where = `${columns.map((column) => `r.${column} = ?`).join(" AND ")}${more.where}`;
    const order = `r.id > ? AND r.id < ? ORDER BY r.id${oldestFirst ? "" : " DESC"}`;
    const span = [...more.values, low, high, limit];
    const labelled = readLabels(labels);
    if (labelled !== undefined) {
      const byLabel = order.replaceAll("r.id", "l.run");
      const statement = this.#sources.prepare(
        `SELECT r.* FROM ${labelled.from} WHERE ${labelled.where} AND ${where} AND ${inPhases(phases)} AND ${byLabel} LIMIT ?`,
      );
      return statement.all(...labelled.values, ...values, ...span);
    }
    return outcomesOf(phases).flatMap((outcome) => {
      const live = outcome === liveOutcome && phases !== undefined;
      const join = live ? `JOIN actions a ON a.id = r.id * ${idsPerRun} AND a.phase IN (${liveCodes(phases)})` : "";
      const statement = this.#sources.prepare(
        `SELECT r.* FROM runs r ${join} WHERE r.outcome = ? AND ${where} AND ${order} LIMIT ?`,
      );
      return statement.all(outcome, ...values, ...span);
    });
  }

  /** The number of runs. Ended ones are counted as they end, and live ones are few. */
  #total(sources: readonly Source[], filter: RunFilter): number {
    const { phases, pausedOnly, labels = {} } = filter;
    let total = 0;
    const more = this.#conditions(filter);
    const paused = pausedOnly === true ? hasPaused : "";
    const labelled = readLabels(labels);
    if (labelled !== undefined) {
      for (const { columns, values } of sources) {
        const where = `${columns.map((column) => `r.${column} = ?`).join(" AND ")}${more.where}`;
        const counted = this.#sources.prepare(
          `SELECT count(*) AS n FROM ${labelled.from} WHERE ${labelled.where} AND ${where} AND ${inPhases(phases)}`,
        );
        total += Number(counted.get(...labelled.values, ...values, ...more.values)?.["n"]);
      }
      return total;
    }
    if (more.values.length > 0) {
      for (const { columns, values } of sources) {
        const where = columns.map((column) => `r.${column} = ?`).join(" AND ");
        const counted = this.#sources.prepare(
          `SELECT count(*) AS n FROM runs r WHERE ${where}${more.where} AND ${inPhases(phases)}`,
        );
        total += Number(counted.get(...values, ...more.values)?.["n"]);
      }
      return total;
    }
    const ended = outcomesOf(phases).filter((outcome) => outcome !== liveOutcome);
    for (const { columns, values } of sources) {
      const where = columns.map((column) => `${column} = ?`).join(" AND ");
      const counted = this.#sources.prepare(
        `SELECT ifnull(sum(runs), 0) AS n FROM run_counts WHERE ${where} AND outcome IN (${ended.join(", ")})`,
      );
      total += Number(counted.get(...values)?.["n"]);
      if (phases === undefined || phases.some((phase) => phaseCode(phase) < 10)) {
        const codes = phases === undefined ? undefined : liveCodes(phases);
        const join =
          codes === undefined ? "" : `JOIN actions a ON a.id = r.id * ${idsPerRun} AND a.phase IN (${codes})`;
        const live = this.#sources.prepare(
          `SELECT count(*) AS n FROM runs r ${join} WHERE ${columns.map((column) => `r.${column} = ?`).join(" AND ")} AND r.outcome = 0${paused}`,
        );
        total += Number(live.get(...values)?.["n"]);
      }
    }
    return total;
  }

  #conditions(filter: RunFilter): Conditions {
    const tasks = filter.triggerName === undefined ? undefined : this.#sources.named(filter);
    const { where, values } = conditionsOf(filter, tasks);
    return { where: `${filter.pausedOnly === true ? hasPaused : ""}${where}`, values };
  }
}

/** Runs with an action that waits for a person. An index has the few actions that have not ended. */
const hasPaused =
  ` AND r.id IN (SELECT run FROM actions INDEXED BY actions_live WHERE phase < 10` +
  ` AND phase = ${phaseCode("PAUSED")} AND kind = ${kindCode("condition")})`;

function isLive(phase: ActionPhase): boolean {
  return !isFinal(phase);
}

function sumOf(rows: readonly Columns[], outcome: number): number {
  return rows.reduce((sum, row) => sum + (row["outcome"] === outcome ? Number(row["n"]) : 0), 0);
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

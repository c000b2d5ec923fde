import type { ActionRecord, AttemptRecord } from "../contracts/actions.ts";
import type { RunRecord } from "../contracts/runs.ts";
import type { ActionTable } from "./action-table.ts";
import type { RerunTable } from "./rerun-table.ts";
import { errorOf, optional, toActionRow } from "./read-action.ts";
import { isFinal, phaseOf, sourceOf } from "./codes.ts";
import type { ActionRow } from "./rows.ts";
import { readSettings, type RunTable } from "./run-table.ts";
import { idsPerRun } from "./rows.ts";
import type { ProjectDomain, TaskTable } from "./task-table.ts";

type Columns = Readonly<Record<string, unknown>>;

/** Tables that complete a row to a snapshot. */
export interface RecordTables {
  readonly actions: ActionTable;
  readonly tasks: TaskTable;
  readonly runs: Pick<RunTable, "recoveredBy">;
  readonly reruns: RerunTable;
}

/** A run and its first action. */
export function runRecord(tables: RecordTables, scope: ProjectDomain, run: Columns): RunRecord {
  const root = tables.actions.byId(Number(run["id"]) * idsPerRun) ?? {};
  const trigger = run["trigger_name"];
  return {
    id: { project: scope.project, domain: scope.domain, run: String(run["name"]) },
    root: actionRecord(tables, scope, String(run["name"]), root),
    settings: readSettings(run["settings"]),
    source: sourceOf(run["source"]),
    trigger: trigger === null ? undefined : { taskName: String(run["trigger_task"]), name: String(trigger) },
    rerunOf: run["rerun_of"] === null ? undefined : String(run["rerun_of"]),
    recovers: run["recovers"] !== null,
    rerunFrom: run["recovers"] === null ? [] : rerunFrom(tables, Number(run["id"])),
    ...(typeof run["error"] === "string" && { error: run["error"] }),
  };
}

function rerunFrom({ reruns }: RecordTables, run: number): readonly string[] {
  return reruns.ofRun(run).flatMap(({ action, again }) => (again ? [action] : []));
}

/** An action of a run, with its attempts. */
export function actionRecord(tables: RecordTables, scope: ProjectDomain, run: string, columns: Columns): ActionRecord {
  const row = toActionRow(columns);
  const task = row.task === undefined ? undefined : tables.tasks.byId(row.task)?.record.id;
  return {
    id: { project: scope.project, domain: scope.domain, run, action: row.name },
    kind: row.kind,
    parent: row.parent === undefined ? undefined : parentName(tables, row.parent),
    group: row.group,
    name: task?.name ?? row.label,
    task,
    condition: row.condition,
    ...(row.event && { event: row.event }),
    phase: row.phase,
    ...recovery(tables, row),
    ...(row.kind === "sleep" && row.deadlineAt !== undefined && { until: new Date(row.deadlineAt) }),
    createdAt: new Date(row.createdAt),
    ...(row.parent === undefined &&
      row.attempts === 0 &&
      row.nextAt !== undefined && { scheduledAt: new Date(row.nextAt) }),
    startedAt: date(row.startedAt),
    endedAt: date(row.endedAt),
    attempts: attemptsOf(tables, row),
    cache: row.cache,
    error: row.error,
    abort: row.phase === "ABORTED" ? { reason: row.abortReason ?? row.error?.message ?? "" } : undefined,
    progress: row.progress,
    hasReport: row.hasReport,
    revision: Number(columns["revision"]),
  };
}

/** Only results from a recovered run or from the cache succeed without having started. */
function recovery(
  { runs }: RecordTables,
  { phase, startedAt, cache, run }: ActionRow,
): Partial<Pick<ActionRecord, "phase" | "recoveredFrom">> {
  if (phase !== "SUCCEEDED" || startedAt !== undefined || cache === "hit") return {};
  const from = runs.recoveredBy(run);
  return from === undefined ? {} : { phase: "RECOVERED", recoveredFrom: from };
}

function parentName(tables: RecordTables, parent: number): string {
  // Most actions are called by the first.
  if (parent % idsPerRun === 0) return "a0";
  return String(tables.actions.byId(parent)?.["name"] ?? "a0");
}

function attemptsOf({ actions }: RecordTables, row: ActionRow): readonly AttemptRecord[] {
  if (row.kind !== "task") return [];
  const attempts: AttemptRecord[] = row.attempts === 0 ? [] : actions.attempts(row.id).map(readAttempt);
  if (isFinal(row.phase) || attempts.at(-1)?.endedAt === undefined) {
    if (attempts.length > 0 || isFinal(row.phase)) return attempts;
  }
  // The one that is to come: it is written when it begins.
  const queuedAt = new Date(row.nextAt ?? row.queuedAt ?? row.createdAt);
  const next = { attempt: row.attempts + 1, phase: row.phase, queuedAt };
  return [...attempts, { ...next, startedAt: undefined, endedAt: undefined, error: undefined }];
}

function readAttempt(columns: Columns): AttemptRecord {
  return {
    attempt: Number(columns["attempt"]),
    phase: phaseOf(columns["phase"]),
    queuedAt: new Date(Number(columns["queued_at"])),
    startedAt: date(optional(columns["started_at"])),
    endedAt: date(optional(columns["ended_at"])),
    error: errorOf(columns),
  };
}

function date(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

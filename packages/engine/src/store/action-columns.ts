import type { SQLInputValue } from "node:sqlite";
import { cacheCode, kindCode, phaseCode } from "./codes.ts";
import type { ActionRow } from "./rows.ts";

/** Columns of an action that are written once, in the order of `fixedColumns`. */
export const fixed: readonly string[] = [
  "id",
  "run",
  "name",
  "parent",
  "kind",
  "label",
  "group_name",
  "task",
  "condition",
  "created_at",
  "deadline_at",
  "uncancelled",
  "ended_before",
  "queue_key",
  "priority",
  "inputs_object",
  "inputs",
];
/** Columns that change, in the order of `changingColumns`. */
export const changing: readonly string[] = [
  "phase",
  "queued_at",
  "started_at",
  "ended_at",
  "ended_order",
  "next_at",
  "attempts",
  "failures",
  "system_failures",
  "isolated",
  "cache",
  "error_kind",
  "error_code",
  "error_message",
  "error_retryable",
  "error_thrown",
  "abort_reason",
  "progress_done",
  "progress_total",
  "progress_message",
  "has_report",
  "late",
  "cancelled",
  "trace",
  "outputs_object",
  "outputs",
];

/** The columns of an error. */
export function errorColumns(error: ActionRow["error"]): SQLInputValue[] {
  if (error === undefined) return [null, null, null, null, null];
  const thrown = error.thrown === undefined ? null : JSON.stringify(error.thrown);
  return [error.kind === "USER" ? 1 : 0, error.code, error.message, error.retryable ? 1 : 0, thrown];
}

/** A kind has one of them at most, so they share a column. */
function textOf(asked: ActionRow["condition"] | ActionRow["event"]): string | null {
  return asked === undefined ? null : JSON.stringify(asked);
}

/** Values of the columns that are written once. */
export function fixedColumns(row: ActionRow): SQLInputValue[] {
  return [
    row.id,
    row.run,
    row.name,
    row.parent ?? null,
    kindCode(row.kind),
    row.label,
    row.group,
    row.task ?? null,
    textOf(row.condition ?? row.event),
    row.createdAt,
    row.deadlineAt ?? null,
    row.uncancelled ? 1 : 0,
    row.endedBefore ?? null,
    row.queueKey === "" ? null : row.queueKey,
    row.priority,
    row.inputs?.object ?? null,
    row.inputs?.bytes ?? null,
  ];
}

/** Values of the columns that change. */
export function changingColumns(row: ActionRow): SQLInputValue[] {
  return [
    phaseCode(row.phase),
    row.queuedAt ?? null,
    row.startedAt ?? null,
    row.endedAt ?? null,
    row.endedOrder ?? null,
    row.nextAt ?? null,
    row.attempts,
    row.failures,
    row.systemFailures,
    row.isolated ? 1 : 0,
    cacheCode(row.cache),
    ...errorColumns(row.error),
    row.abortReason ?? null,
    row.progress?.done ?? null,
    row.progress?.total ?? null,
    row.progress?.message ?? null,
    row.hasReport ? 1 : 0,
    row.late ? 1 : 0,
    row.cancelled === undefined ? null : JSON.stringify(row.cancelled),
    row.trace ?? null,
    row.outputs?.object ?? null,
    row.outputs?.bytes ?? null,
  ];
}

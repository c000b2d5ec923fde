import type { ThrownError } from "@appenv/protocol/values";
import type { Payload } from "../objects/objects.ts";
import { cacheOf, kindOf, phaseOf } from "./codes.ts";
import type { ActionRow, CancelledRow } from "./rows.ts";

type Columns = Readonly<Record<string, unknown>>;

/** A stored action as it was written; its inputs and outputs stay in the database. */
export function toActionRow(columns: Columns): ActionRow {
  const kind = kindOf(columns["kind"]);
  const asked = columns["condition"] === null ? undefined : JSON.parse(String(columns["condition"]));
  return {
    id: Number(columns["id"]),
    run: Number(columns["run"]),
    name: String(columns["name"]),
    parent: optional(columns["parent"]),
    kind,
    label: String(columns["label"]),
    group: String(columns["group_name"]),
    task: optional(columns["task"]),
    condition: kind === "condition" ? asked : undefined,
    event: kind === "event" ? asked : undefined,
    createdAt: Number(columns["created_at"]),
    deadlineAt: optional(columns["deadline_at"]),
    endedBefore: optional(columns["ended_before"]),
    uncancelled: columns["uncancelled"] === 1,
    queueKey: String(columns["queue_key"] ?? ""),
    priority: Number(columns["priority"]),
    trace: typeof columns["trace"] === "string" ? columns["trace"] : undefined,
    stored: true,
    inputs: undefined,
    outputs: undefined,
    phase: phaseOf(columns["phase"]),
    queuedAt: optional(columns["queued_at"]),
    startedAt: optional(columns["started_at"]),
    endedAt: optional(columns["ended_at"]),
    endedOrder: optional(columns["ended_order"]),
    nextAt: optional(columns["next_at"]),
    attempts: Number(columns["attempts"]),
    failures: Number(columns["failures"]),
    systemFailures: Number(columns["system_failures"]),
    isolated: columns["isolated"] === 1,
    cache: cacheOf(columns["cache"]),
    error: errorOf(columns),
    abortReason: columns["abort_reason"] === null ? undefined : String(columns["abort_reason"]),
    progress: progressOf(columns),
    hasReport: columns["has_report"] === 1,
    late: columns["late"] === 1,
    cancelled:
      typeof columns["cancelled"] === "string" ? (JSON.parse(columns["cancelled"]) as CancelledRow) : undefined,
  };
}

/** Inputs or outputs of a row; undefined if it has none. */
export function payloadOf(columns: Columns | undefined, which: "inputs" | "outputs"): Payload | undefined {
  if (columns === undefined) return undefined;
  const object = columns[`${which}_object`];
  if (typeof object === "string") return { object };
  const bytes = columns[which];
  return bytes instanceof Uint8Array ? { bytes } : undefined;
}

/** The error of an action or attempt. Stacks stand in logs only. */
export function errorOf(columns: Columns): ActionRow["error"] {
  if (columns["error_code"] === null) return undefined;
  const thrown = columns["error_thrown"];
  return {
    kind: columns["error_kind"] === 1 ? "USER" : "SYSTEM",
    code: String(columns["error_code"]),
    message: String(columns["error_message"]),
    stack: undefined,
    retryable: columns["error_retryable"] === 1,
    ...(typeof thrown === "string" && { thrown: JSON.parse(thrown) as readonly ThrownError[] }),
  };
}

/** A number, or undefined for NULL. */
export function optional(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

function progressOf(columns: Columns): ActionRow["progress"] {
  const done = optional(columns["progress_done"]);
  if (done === undefined) return undefined;
  return { done, total: Number(columns["progress_total"]), message: String(columns["progress_message"]) };
}

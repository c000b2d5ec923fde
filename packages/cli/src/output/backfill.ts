import type { Backfill } from "@appenv/client/tasks";

/** A backfill as `--json` shows it. */
export function backfillJson(backfill: Backfill): Readonly<Record<string, string | number>> {
  const { id, task, trigger, from, to, concurrency, total, succeeded, failed, phase } = backfill;
  const span = { from: from.toISOString(), to: to.toISOString() };
  return { id, task, trigger, ...span, concurrency, total, succeeded, failed, phase };
}

import type { SQLInputValue } from "node:sqlite";
import type { RunFilter } from "../contracts/runs.ts";

/** Conditions on a row `r` of runs, as the end of a query's WHERE. */
export interface Conditions {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
}

/** The parts of a filter that are looked at row by row. @param tasks - Ids of the names of tasks, if those are to be looked at. */
export function conditionsOf(
  { createdFrom, createdBefore, text }: RunFilter,
  tasks: readonly number[] | undefined,
): Conditions {
  const parts: Conditions[] = [];
  if (createdFrom !== undefined) parts.push({ where: "r.created_at >= ?", values: [createdFrom] });
  if (createdBefore !== undefined) parts.push({ where: "r.created_at < ?", values: [createdBefore] });
  if (tasks !== undefined) parts.push({ where: `r.task_name IN (${tasks.map(() => "?").join(", ")})`, values: tasks });
  if (text !== undefined && text !== "") {
    const part = text.toLowerCase();
    const where = "(instr(lower(r.name), ?) > 0 OR instr(lower(ifnull(r.error, '')), ?) > 0)";
    parts.push({ where, values: [part, part] });
  }
  return {
    where: parts.map(({ where }) => ` AND ${where}`).join(""),
    values: parts.flatMap(({ values }) => values),
  };
}

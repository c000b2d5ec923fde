import { Filter_Function } from "@appenv/protocol";
import { url } from "../../route/location.ts";
import { phaseGroups } from "../run/phases.ts";

/** The filters of runs, as they stand in the URL. */
export interface RunFilters {
  /** A group of phases, or `waiting`: runs with a question to a person. */
  readonly phase: string;
  /** The full name of a task. */
  readonly task: string;
  /** `KEY=VALUE` or `KEY`. */
  readonly label: string;
  /** A part of the run's name. */
  readonly text: string;
}

/** The filters in the URL, or in the query of another one. */
export function readFilters(query: URLSearchParams = url.value.searchParams): RunFilters {
  const read = (name: string): string => query.get(name) ?? "";
  return { phase: read("phase"), task: read("task"), label: read("label"), text: read("text") };
}

/** The request for runs that meet the filters. */
export function runRequest(
  filters: RunFilters,
  page: { readonly limit: number; readonly token?: string },
): Parameters<typeof import("../../api/clients.ts").runs.listRuns>[0] {
  return {
    request: { ...page, filters: messagesOf(filters) },
    pausedActionsOnly: filters.phase === "waiting",
  };
}

interface FilterInit {
  readonly field: string;
  readonly function: Filter_Function;
  readonly values: string[];
}

function messagesOf({ phase, task, label, text }: RunFilters): FilterInit[] {
  const filters: FilterInit[] = [];
  const group = phaseGroups[phase];
  if (group !== undefined)
    filters.push({ field: "phase", function: Filter_Function.VALUE_IN, values: group.map(String) });
  if (task !== "") filters.push({ field: "task_name", function: Filter_Function.CONTAINS, values: [task] });
  if (text !== "") filters.push({ field: "name", function: Filter_Function.CONTAINS_CASE_INSENSITIVE, values: [text] });
  const [, key = "", value] = /^([^=]+)(?:=(.*))?$/s.exec(label) ?? [];
  if (key === "") return filters;
  const field = `labels.${key}`;
  return value === undefined
    ? [...filters, { field, function: Filter_Function.EXISTS, values: [] }]
    : [...filters, { field, function: Filter_Function.EQUAL, values: [value] }];
}

import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { ActionPhaseNumber, RunSchema, type RunMessage, type RunSelectionSchema } from "@appenv/protocol/tasks";
import { control } from "../../api/clients.ts";
import { url } from "../../route/location.ts";
import { phaseGroups } from "../run/phases.ts";

/** The filters of runs, as they stand in the URL. */
export interface RunFilters {
  /** A group of phases, or `waiting`: runs with a question to a person. */
  readonly phase: string;
  /** A part of the full name of a task. */
  readonly task: string;
  /** `KEY=VALUE`. */
  readonly label: string;
  /** A part of the run's name or of its error. */
  readonly text: string;
  /** The name of a trigger. */
  readonly trigger: string;
  /** The earliest time of creation, as ISO 8601 or as how long ago: `24h`. */
  readonly from: string;
  /** The time before which it was created. */
  readonly to: string;
}

const names = ["phase", "task", "label", "text", "trigger", "from", "to"] as const satisfies (keyof RunFilters)[];

/** The filters in the URL, or in the query of another one. */
export function readFilters(query: URLSearchParams = url.value.searchParams): RunFilters {
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ""])) as unknown as RunFilters;
}

/** The filters as a query; those that are empty left out. */
export function queryOf(filters: RunFilters): string {
  const given = names.filter((name) => filters[name] !== "").map((name) => [name, filters[name]]);
  return new URLSearchParams(given).toString();
}

/** The query without any filter, for `setQuery`. */
export const noFilters: RunFilters = readFilters(new URLSearchParams());

/** A selection of the runs that meet the filters. */
export function selectionOf(filters: RunFilters): MessageInitShape<typeof RunSelectionSchema> {
  const { phase, task, label, text, trigger, from, to } = filters;
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(label) ?? [];
  return {
    taskContains: task,
    trigger,
    text,
    waiting: phase === "waiting",
    phases: (phaseGroups[phase] ?? []).flatMap((number) => ActionPhaseNumber[number] ?? []),
    labels: key === undefined || value === undefined ? {} : { [key]: value },
    createdFrom: BigInt(timeOf(from) ?? 0),
    createdBefore: BigInt(timeOf(to) ?? 0),
  };
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time of a filter, in milliseconds since 1970; undefined if it is none. */
export function timeOf(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (unitMs[unit] ?? 0);
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** A run with the reason of its failure. */
export interface FoundRun {
  readonly run: RunMessage;
  /** Empty if there is none. */
  readonly error: string;
}

/** A page of the runs that meet the filters, the newest first. Only a last page is empty. */
export async function findRuns(
  filters: RunFilters,
  { limit, token: from = "" }: { readonly limit: number; readonly token?: string },
): Promise<{ readonly runs: readonly FoundRun[]; readonly token: string }> {
  const selection = selectionOf(filters);
  for (let token = from; ;) {
    const page = await control.searchRuns({ selection, limit, token });
    const runs = page.runs.map(({ run, error }) => ({ run: fromBinary(RunSchema, run), error }));
    if (runs.length > 0 || page.token === "") return { runs, token: page.token };
    token = page.token;
  }
}

import { Filter_Function } from "@appenv/protocol";
import type { Firings, RunMessage } from "@appenv/protocol/tasks";
import { control, firings, runs } from "../../api/clients.ts";
import { runChanges } from "../../live/run-changes.ts";
import { useData, type Asked } from "../../live/use-data.ts";
import { phaseGroups } from "../run/phases.ts";

/** Runs and triggers on the overview. */
export interface OverviewData {
  readonly newest: readonly RunMessage[];
  readonly failed: readonly RunMessage[];
  readonly waiting: readonly RunMessage[];
  readonly triggers: readonly Firings[];
  /** Counts as texts: `500+` if there are more than were counted. */
  readonly running: string;
  readonly waitingCount: string;
  readonly failedCount: string;
}

const counted = 500;
const shownFailed = 5;
const dayMs = 86_400_000;

/** Reads them, and reads them again when runs change. */
export function useOverview(): Asked<OverviewData> {
  return useData(read, String(runChanges.value));
}

async function read(signal: AbortSignal): Promise<OverviewData> {
  const list = (request: Parameters<typeof runs.listRuns>[0]) => runs.listRuns(request, { signal });
  const from = Date.now() - dayMs;
  const since = {
    field: "created_at",
    function: Filter_Function.GREATER_THAN,
    values: [new Date(from).toISOString()],
  };
  const [newest, failed, waiting, running, planned, counts] = await Promise.all([
    list({ request: { limit: 8 } }),
    list({ request: { limit: shownFailed, filters: [phaseFilter("failed"), since] } }),
    list({ request: { limit: counted }, pausedActionsOnly: true }),
    list({ request: { limit: counted, filters: [phaseFilter("running")] } }),
    firings.listFirings({}, { signal }),
    control.countRuns({ from: BigInt(from), bucketMs: BigInt(dayMs), buckets: 1 }, { signal }),
  ]);
  return {
    newest: newest.runs,
    failed: failed.runs,
    waiting: waiting.runs,
    triggers: planned.firings,
    running: count(running),
    waitingCount: count(waiting),
    failedCount: String(counts.buckets.reduce((sum, { failed: some, timedOut }) => sum + some + timedOut, 0)),
  };
}

function phaseFilter(group: string) {
  return { field: "phase", function: Filter_Function.VALUE_IN, values: (phaseGroups[group] ?? []).map(String) };
}

function count({ runs: found, token }: { readonly runs: readonly unknown[]; readonly token: string }): string {
  return token === "" ? String(found.length) : `${found.length}+`;
}

import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  actionPhase,
  type TaskGroupSchema,
  type WatchGroupsRequest,
  type WatchGroupsResponseSchema,
} from "@appenv/protocol/tasks";
import type { ActionEvent, ActionRecord, RunRecord } from "@appenv/engine";
import { Following } from "./following.ts";
import { readLimit } from "../requests/list-filter.ts";
import { invalidRequest, runKey } from "../requests/ids.ts";
import type { RunReader } from "./run-reader.ts";
import type { TaskLookup } from "../task/lookup.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/** Maximum runs that are gathered: the newest, as by the open-source backend. */
const maxRuns = 1_000;
const recentRuns = 10;

/** The runs that are gathered. */
interface Span {
  readonly project: string;
  readonly domain: string;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/**
 * The runs of a project grouped by their tasks; then the groups that change, until `signal` is aborted. With an end
 * date they are sent once.
 */
export async function* watchGroups(
  reader: RunReader,
  request: WatchGroupsRequest,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchGroupsResponseSchema>> {
  const span = readSpan(request);
  const following = new Following<ActionEvent>(
    (tell) => reader.feed.ofRoots((event) => isIn(span, event.action) && tell(runKey(event.id), event)),
    signal,
  );
  try {
    const runs = new Map(newest(reader, span).map((run) => [runKey(run.id), run]));
    const limit = readLimit(request.request);
    yield { taskGroups: groups([...runs.values()], reader.tasks()).slice(0, limit), sentinel: true };
    while (span.to === undefined) {
      const heard = await following.take();
      if (heard === undefined) return throwIfClosing(signal);
      const changed =
        heard === "missed" ? newest(reader, span) : heard.flatMap(({ id }) => reader.engine.getRun(id) ?? []);
      for (const run of changed) runs.set(runKey(run.id), run);
      const names = new Set(changed.map(({ root }) => root.name));
      yield {
        taskGroups: groups(
          [...runs.values()].filter(({ root }) => names.has(root.name)),
          reader.tasks(),
        ),
      };
      forgetOldest(runs);
    }
  } finally {
    following.close();
  }
}

function readSpan({ scopeBy, startDate, endDate }: WatchGroupsRequest): Span {
  if (scopeBy.case !== "projectId") throw invalidRequest("The request names no project.");
  return {
    project: scopeBy.value.name,
    domain: scopeBy.value.domain,
    from: startDate === undefined ? undefined : timestampDate(startDate),
    to: endDate === undefined ? undefined : timestampDate(endDate),
  };
}

function isIn({ project, domain, from, to }: Span, { id, createdAt }: ActionRecord): boolean {
  return (
    (project === "" || id.project === project) &&
    (domain === "" || id.domain === domain) &&
    (from === undefined || createdAt >= from) &&
    (to === undefined || createdAt <= to)
  );
}

/** The newest runs of a span; those before it are not looked at. */
function newest({ engine }: RunReader, span: Span): RunRecord[] {
  const { project, domain, from } = span;
  const found: RunRecord[] = [];
  for (let token = "", isLast = false; !isLast && found.length < maxRuns; isLast = token === "") {
    const page = engine.listRuns({ project, domain }, { limit: 200, token });
    found.push(...page.items.filter(({ root }) => isIn(span, root)));
    const oldest = page.items.at(-1)?.root.createdAt;
    token = from !== undefined && oldest !== undefined && oldest < from ? "" : page.token;
  }
  return found.slice(0, maxRuns);
}

function forgetOldest(runs: Map<string, RunRecord>): void {
  if (runs.size < 2 * maxRuns) return;
  const oldestFirst = [...runs].toSorted(([, one], [, other]) => +one.root.createdAt - +other.root.createdAt);
  for (const [key] of oldestFirst.slice(0, runs.size - maxRuns)) runs.delete(key);
}

function groups(runs: readonly RunRecord[], tasks: TaskLookup): MessageInitShape<typeof TaskGroupSchema>[] {
  const byTask = Map.groupBy(runs, ({ root }) => root.name);
  return [...byTask].map(([name, ofTask]) => group(name, ofTask, tasks));
}

function group(
  taskName: string,
  runs: readonly RunRecord[],
  tasks: TaskLookup,
): MessageInitShape<typeof TaskGroupSchema> {
  const newestFirst = runs.toSorted((one, other) => +other.root.createdAt - +one.root.createdAt);
  const [latest] = newestFirst;
  const task = latest?.root.task;
  const label = task === undefined ? undefined : tasks.label(task);
  const ended = runs.flatMap(({ root }) => (root.endedAt === undefined ? [] : [{ ...root, endedAt: root.endedAt }]));
  const failed = runs.filter(({ root }) => root.phase === "FAILED" || root.phase === "TIMED_OUT");
  const phases = Map.groupBy(runs, ({ root }) => root.phase);
  const latestEnd = ended.map(({ endedAt }) => +endedAt).toSorted((one, other) => other - one)[0];
  return {
    taskName,
    environmentName: label?.environment ?? "",
    shortName: label?.shortName ?? "",
    totalRuns: BigInt(runs.length),
    ...(latest === undefined ? {} : { latestRunTime: timestampFromDate(latest.root.createdAt) }),
    ...(latestEnd === undefined ? {} : { latestFinishedTime: timestampFromDate(new Date(latestEnd)) }),
    averageFailureRate: ended.length === 0 ? 0 : failed.length / ended.length,
    averageDuration: durationFromMs(
      average(ended.map(({ startedAt, createdAt, endedAt }) => +endedAt - +(startedAt ?? createdAt))),
    ),
    averageTimeToRunning: durationFromMs(
      average(runs.flatMap(({ root }) => (root.startedAt === undefined ? [] : [+root.startedAt - +root.createdAt]))),
    ),
    phaseCounts: [...phases].map(([phase, of]) => ({ phase: actionPhase(phase), count: BigInt(of.length) })),
    errorCounts: {
      userError: BigInt(failed.filter(({ root }) => root.error?.kind === "USER").length),
      systemError: BigInt(failed.filter(({ root }) => root.error?.kind === "SYSTEM").length),
    },
    recentStatuses: newestFirst
      .slice(0, recentRuns)
      .map(({ id, root }) => ({ runName: id.run, phase: actionPhase(root.phase) })),
  };
}

function average(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return Math.max(0, Math.round(values.reduce((sum, value) => sum + value, 0) / values.length));
}

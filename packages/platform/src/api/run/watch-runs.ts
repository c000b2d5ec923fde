import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WatchRunsRequest, WatchRunsResponseSchema } from "@appenv/protocol/tasks";
import type { ActionEvent, RunRecord, RunFilter } from "@appenv/engine";
import { runMessage } from "./messages.ts";
import { Following } from "./following.ts";
import { readTaskId, runKey } from "../requests/ids.ts";
import type { RunReader } from "./run-reader.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/** Maximum runs that are sent at first: the newest, as by the open-source backend. */
const shownFirst = 100;

/** The newest runs, then each that is started or changes, until `signal` is aborted. */
export async function* watchRuns(
  reader: RunReader,
  target: WatchRunsRequest["target"],
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchRunsResponseSchema>> {
  const scope = scopeOf(target);
  const following = new Following<ActionEvent>(
    (hear) => reader.feed.ofRoots((event) => isIn(scope, event) && hear(runKey(event.id), event)),
    signal,
  );
  const tell = (runs: readonly RunRecord[]): MessageInitShape<typeof WatchRunsResponseSchema> => {
    const tasks = reader.tasks();
    return { runs: runs.map((run) => runMessage(run, tasks)) };
  };
  const newest = (): RunRecord[] => [...reader.engine.listRuns(scope, { limit: shownFirst, token: "" }).items];
  try {
    const first = newest();
    if (first.length > 0) yield tell(first);
    for (;;) {
      const heard = await following.take();
      if (heard === undefined) return throwIfClosing(signal);
      const runs = heard === "missed" ? newest() : heard.flatMap(({ id }) => reader.engine.getRun(id) ?? []);
      if (runs.length > 0) yield tell(runs);
    }
  } finally {
    following.close();
  }
}

function scopeOf(target: WatchRunsRequest["target"]): RunFilter {
  if (target.case === "projectId") return { project: target.value.name, domain: target.value.domain };
  if (target.case !== "taskId") return { project: "", domain: "" };
  const { project, domain, name, version } = readTaskId(target.value);
  return { project, domain, taskName: name, ...(version === "" ? {} : { taskVersion: version }) };
}

function isIn({ project, domain, taskName, taskVersion }: RunFilter, event: ActionEvent): boolean {
  const { id } = event;
  if ((project !== "" && project !== id.project) || (domain !== "" && domain !== id.domain)) return false;
  if (taskName === undefined) return true;
  const { task } = event.action;
  return taskName === task?.name && (taskVersion === undefined || taskVersion === task?.version);
}

import type { ActionPhase, RunId } from "@appenv/protocol";
import { actionPhase, type RunSelection } from "@appenv/protocol/tasks";
import type { RunFilter } from "@appenv/engine";
import { invalidRequest } from "../requests/ids.ts";

/** A selection of runs, as the engine takes it. @throws AppEnvError INVALID_OPTION for an unknown phase. */
export function readSelection(selection: RunSelection | undefined): RunFilter {
  const {
    project = "",
    domain = "",
    task,
    taskContains,
    phases = [],
    labels,
    trigger,
    text,
    waiting,
  } = selection ?? {};
  const [from, before] = [Number(selection?.createdFrom ?? 0), Number(selection?.createdBefore ?? 0)];
  return {
    project,
    domain,
    ...(task && { taskName: task }),
    ...(taskContains && { taskContains }),
    ...(phases.length > 0 && { phases: phases.map(readPhase) }),
    ...(labels && Object.keys(labels).length > 0 && { labels: { ...labels } }),
    ...(trigger && { triggerName: trigger }),
    ...(from > 0 && { createdFrom: from }),
    ...(before > 0 && { createdBefore: before }),
    ...(text && { text }),
    ...(waiting === true && { pausedOnly: true }),
  };
}

/** The runs that a selection names, if it names any. */
export function namedRuns(selection: RunSelection | undefined): readonly RunId[] {
  return (selection?.runs ?? []).map(({ project, domain, run }) => ({ project, domain, run }));
}

function readPhase(name: string): ActionPhase {
  if (name !== "UNSPECIFIED" && actionPhase(name as ActionPhase) !== undefined) return name as ActionPhase;
  throw invalidRequest(`There is no phase '${name.slice(0, 60)}'.`, "Name phases as RUNNING, SUCCEEDED or FAILED.");
}

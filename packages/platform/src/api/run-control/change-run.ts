import type { ActionPhase, RunId } from "@appenv/protocol";
import type { NewRun, RunRecord } from "@appenv/engine";
import { findTask, type CreateRunContext } from "../run/create-run.ts";
import type { RunReader } from "../run/run-reader.ts";
import { invalidRequest, rootOf } from "../requests/ids.ts";

/** Something that is done to each of many runs. */
export interface RunChange {
  /** The phases of the runs that it is meant for, if nobody names others; undefined: any. */
  readonly phases: readonly ActionPhase[] | undefined;
  /** @throws AppEnvError for a run that cannot be changed. */
  readonly apply: (run: RunId) => Promise<unknown>;
}

const live: readonly ActionPhase[] = ["QUEUED", "WAITING_FOR_RESOURCES", "INITIALIZING", "RUNNING", "PAUSED"];
const ended: readonly ActionPhase[] = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"];

/** The change that a request names. @param reason - Of an abort, for people. @throws AppEnvError INVALID_OPTION. */
export function readChange(name: string, reason: string, reader: RunReader, creating: CreateRunContext): RunChange {
  const { engine } = reader;
  switch (name) {
    case "abort":
      return { phases: live, apply: (run) => engine.abort(rootOf(run), reason) };
    case "delete":
      return { phases: ended, apply: (run) => engine.deleteRun(run) };
    case "rerun":
      return { phases: undefined, apply: async (run) => engine.createRun(again(reader.run(run), reader, creating)) };
    default:
      throw invalidRequest(`Runs cannot be changed by '${name.slice(0, 60)}'.`, "Ask for abort, rerun or delete.");
  }
}

/** Begins the annotations that say something of one run alone. */
const ownPrefix = "appenv.dev/";

/** A run as it was asked for. @throws AppEnvError NOT_FOUND, LOAD_FAILED if its task is not there any more. */
function again(
  { id, root, settings: { trace: _trace, ...settings } }: RunRecord,
  { engine }: RunReader,
  creating: CreateRunContext,
): NewRun {
  if (root.task === undefined) throw invalidRequest(`The run '${id.run}' does not say which task it ran.`);
  const task = findTask(creating.registry, root.task);
  creating.checkBundle(task);
  const annotations = Object.entries(settings.annotations).filter(([key]) => !key.startsWith(ownPrefix));
  return {
    project: id.project,
    domain: id.domain,
    task,
    inputs: engine.inputs(root.id),
    settings: { ...settings, annotations: Object.fromEntries(annotations) },
    source: "unspecified",
    rerunOf: id.run,
  };
}

import type { ActionPhase, RunId } from "@appenv/protocol";
import type { ChangeRunsRequest } from "@appenv/protocol/tasks";
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
  /** True for a run that the change itself has started, when it was asked for before. */
  readonly made?: (run: RunRecord) => boolean;
}

const live: readonly ActionPhase[] = ["QUEUED", "WAITING_FOR_RESOURCES", "INITIALIZING", "RUNNING", "PAUSED"];
const ended: readonly ActionPhase[] = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"];

/** The change that a request names. @throws AppEnvError INVALID_OPTION. */
export function readChange(
  { change: name, reason, idempotencyKey: key }: Pick<ChangeRunsRequest, "change" | "reason" | "idempotencyKey">,
  reader: RunReader,
  creating: CreateRunContext,
): RunChange {
  if (key !== "" && name !== "rerun") {
    throw invalidRequest(
      `An idempotency key is for a rerun, and not for '${name.slice(0, 60)}'.`,
      "Leave it out: asking again has no further effect.",
    );
  }
  const { engine } = reader;
  switch (name) {
    case "abort":
      return { phases: live, apply: (run) => engine.abort(rootOf(run), reason || "Aborted with others") };
    case "delete":
      return { phases: ended, apply: (run) => engine.deleteRun(run) };
    case "rerun":
      return {
        phases: undefined,
        apply: async (run) => engine.createRun(again(reader.run(run), key, reader, creating)),
        made: ({ settings }) => key !== "" && settings.annotations[keyAnnotation] === key,
      };
    default:
      throw invalidRequest(`Runs cannot be changed by '${name.slice(0, 60)}'.`, "Ask for abort, rerun or delete.");
  }
}

/** Begins the annotations that say something of one run alone. */
const ownPrefix = "appenv.dev/";
/** The key of the change that started a run. */
const keyAnnotation = `${ownPrefix}rerun-key`;

/** A run as it was asked for. @throws AppEnvError NOT_FOUND, LOAD_FAILED if its task is not there any more. */
function again(
  { id, root, settings: { trace: _trace, ...settings } }: RunRecord,
  key: string,
  { engine }: RunReader,
  creating: CreateRunContext,
): NewRun {
  if (root.task === undefined) throw invalidRequest(`The run '${id.run}' does not say which task it ran.`);
  const task = findTask(creating.registry, root.task);
  creating.checkBundle(task);
  const kept = Object.entries(settings.annotations).filter(([name]) => !name.startsWith(ownPrefix));
  const annotations = { ...Object.fromEntries(kept), ...(key !== "" && { [keyAnnotation]: key }) };
  return {
    project: id.project,
    domain: id.domain,
    task,
    inputs: engine.inputs(root.id),
    settings: { ...settings, annotations },
    source: "unspecified",
    rerunOf: id.run,
    ...(key !== "" && { idempotencyKey: `${key}/${id.run}` }),
  };
}

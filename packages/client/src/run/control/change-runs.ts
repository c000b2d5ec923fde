import { checkOptions, type OptionNames } from "@appenv/core/internal";
import type { RunId } from "@appenv/protocol";
import { connect } from "../../control-plane/connect.ts";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { held, heldStream } from "../../control-plane/held.ts";
import { requirePlatform } from "../../control-plane/require-platform.ts";
import { taskApi } from "../api.ts";
import { runSelectionNames, selectionMessage, type RunSelectionOptions } from "./selection.ts";

/** Something that is done to many runs. */
export type RunChange = "abort" | "rerun" | "delete";

/** Options of a change of many runs. */
export interface ChangeRunsOptions extends RunSelectionOptions {
  /** The reason of an abort, for people. */
  readonly reason?: string;
  /**
   * Of a rerun: asked again with the same key, as after it was cut, it starts no run again that it has started again already, and
   * none that it has started.
   */
  readonly idempotencyKey?: string;
  /** Only counts the runs that would change. Default false. */
  readonly dryRun?: boolean;
  /** Stops: the rest stays as it is. */
  readonly signal?: AbortSignal;
}

/** Progress of a change of many runs. */
export interface RunsChanged {
  /** Runs that were selected. */
  readonly selected: number;
  readonly done: number;
  readonly failed: number;
  /** Runs that failed since the last time, of the first 100. */
  readonly failures: readonly { readonly run: string; readonly code: string; readonly message: string }[];
}

const names: OptionNames<ChangeRunsOptions> = {
  ...runSelectionNames,
  reason: true,
  dryRun: true,
  idempotencyKey: true,
  signal: true,
};

/**
 * Aborts, reruns or deletes all runs that a selection means at this moment, and says how far it is until it is through.
 * `abort` is for those that have not ended and `delete` for those that have, unless phases are named; `rerun` takes the same
 * task, version, inputs, labels and env vars.
 *
 * @throws AppEnvError INVALID_OPTION, UNREACHABLE, UNSUPPORTED on a Flyte cluster, which changes one run at a time.
 */
export async function* changeRuns(change: RunChange, options: ChangeRunsOptions = {}): AsyncGenerator<RunsChanged> {
  checkOptions(options, "changeRuns", names);
  const controlPlane = await connect(options);
  requirePlatform(
    controlPlane,
    "Changes of many runs at once",
    `Change them one by one: \`appenv ${change} run NAME\`.`,
  );
  const { reason = "", dryRun = false, idempotencyKey = "", signal } = options;
  const request = { selection: selectionMessage(controlPlane, options), change, reason, dryRun, idempotencyKey };
  const answers = heldStream(controlPlane, () =>
    taskApi(controlPlane).control.changeRuns(request, signal === undefined ? {} : { signal }),
  );
  for await (const { selected, done, failed, failures } of answers) {
    yield {
      selected,
      done,
      failed,
      failures: failures.map(({ run, code, message }) => ({ run: run?.run ?? "", code, message })),
    };
  }
}

/** Deletes a run that has ended. @throws AppEnvError NOT_FOUND, RUN_IN_USE, UNREACHABLE, UNSUPPORTED. */
export async function deleteRun(controlPlane: ControlPlane, { project, domain, run }: RunId): Promise<void> {
  requirePlatform(controlPlane, "Runs that can be deleted", "A cluster keeps its runs; ask whoever looks after it.");
  await held(controlPlane, () => taskApi(controlPlane).control.deleteRun({ project, domain, run }));
}

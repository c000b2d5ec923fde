import type { ActionId, RunId } from "@appenv/protocol";
import {
  type ActionDetails,
  ActionDetailsSchema,
  type EnrichedAction,
  toActionIdentifier,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { reopening } from "../transport/reopen.ts";
import { isFinal, isUnknownPhase, readAction } from "./action.ts";
import { taskApi } from "./api.ts";
import { patientStreams } from "./cluster/patient-streams.ts";
import { runStream } from "./run-stream.ts";

/** Follows one action: as it is now, then after every change until it has ended. Survives a restart of the platform. */
export async function* watchAction(
  controlPlane: ControlPlane,
  id: ActionId,
  signal: AbortSignal,
): AsyncGenerator<ActionDetails> {
  const request = { actionId: toActionIdentifier(id) };
  let ends = 0;
  const stream = streamsOf(controlPlane, (ending) =>
    taskApi(controlPlane).runs.watchActionDetails(request, { signal: ending }),
  );
  const open = async function* (ending: AbortSignal) {
    let last: ActionDetails | undefined;
    for await (const message of stream(ending)) {
      last = message.details;
      yield message;
    }
    // The stream of an ended action ends: nobody is to wait for it for ever because its phase has no name here.
    ends = !ending.aborted && last !== undefined && isUnknownPhase(last) ? ends + 1 : 0;
    if (ends >= mostUnknownEnds) throw unknownPhase(controlPlane, id, last?.status?.phase);
  };
  for await (const { details } of reopening(open, () => controlPlane.relocate(), signal)) {
    if (details === undefined) continue;
    yield details;
    if (isFinal(readAction(details).phase)) return;
  }
}

function streamsOf<T>({ embedded }: ControlPlane, open: Open<T>): Open<T> {
  return embedded ? open : patientStreams(open);
}

type Open<T> = (signal: AbortSignal) => AsyncIterable<T>;

/** Streams that end in an unknown phase, one after the other, before it counts as a final one. */
const mostUnknownEnds = 3;

function unknownPhase(controlPlane: ControlPlane, { run, action }: ActionId, phase: number | undefined): AppEnvError {
  const what = action === "a0" ? `The run '${run}'` : `The action '${action}' of the run '${run}'`;
  return new AppEnvError("CONTROL_PLANE", `${what} is in the phase ${phase}, which this version does not know.`, {
    fix: `Update AppEnv: the control plane at ${controlPlane.endpoint} is newer.`,
  });
}

/** Interval of new streams, in milliseconds. Each sends all actions again, and a run may have 100,000. */
const renewTreeAfterMs = 300_000;

/** Follows all actions of a run: as they are now, then those that change, until the caller stops. */
export async function* watchActions(
  controlPlane: ControlPlane,
  id: RunId,
  signal: AbortSignal,
): AsyncGenerator<readonly EnrichedAction[]> {
  const request = { runId: toRunIdentifier(id) };
  const open = streamsOf(controlPlane, (ending) =>
    taskApi(controlPlane).runs.watchActions(request, { signal: ending }),
  );
  const messages = reopening(open, () => controlPlane.relocate(), signal, renewTreeAfterMs);
  for await (const { enrichedActions } of messages) yield enrichedActions;
}

/** The end of a run. */
export interface RunEnd {
  /** Its first action, without what never changes. */
  readonly details: ActionDetails;
  /** `task.Outputs`; undefined for a run that did not succeed, and for large ones. */
  readonly outputs: Uint8Array | undefined;
}

/**
 * Resolves when a run has ended; undefined if `signal` is aborted before, and where only Flyte's streams tell.
 *
 * @throws AppEnvError NOT_FOUND.
 */
export async function followRun(
  controlPlane: ControlPlane,
  id: RunId,
  signal: AbortSignal | undefined,
): Promise<RunEnd | undefined> {
  const stream = await runStream(controlPlane);
  if (stream === undefined || signal?.aborted === true) return undefined;
  try {
    const ended = await unlessAborted(stream.follow(id), signal);
    return ended && { details: fromBinary(ActionDetailsSchema, ended.action), outputs: ended.outputs };
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) throw error;
    return undefined;
  }
}

async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal === undefined) return answer;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

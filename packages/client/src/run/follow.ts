import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import { ActionDetailsSchema, type ActionDetails } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/connect.ts";
import { runStream } from "./streams.ts";

/** How a run has ended. */
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

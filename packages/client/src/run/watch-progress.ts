import type { ActionProgress } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import type { ActionProgress as Message } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { reopening } from "../transport/reopen.ts";
import { taskApi } from "./api.ts";
import { requireStreams } from "./read-stream.ts";

/** In milliseconds; each new stream begins with all that there is. */
const renewAfterMs = 300_000;

/** See `Run.watchProgress`. */
export async function* watchProgress(
  controlPlane: ControlPlane,
  { project, domain, run }: RunId,
  signal: AbortSignal,
): AsyncGenerator<readonly ActionProgress[]> {
  requireStreams(controlPlane);
  const open = async function* (ending: AbortSignal): AsyncGenerator<readonly ActionProgress[] | "end"> {
    const request = { project, domain, run };
    for await (const { actions } of taskApi(controlPlane).streams.watchProgress(request, { signal: ending })) {
      yield actions.map(readProgress);
    }
    // The platform ends it with the run alone.
    yield "end";
  };
  for await (const actions of reopening(open, () => controlPlane.relocate(), signal, renewAfterMs)) {
    if (actions === "end") return;
    if (actions.length > 0) yield actions;
  }
}

/** See `Run.progress`. */
export async function readProgressNow(
  controlPlane: ControlPlane,
  { project, domain, run }: RunId,
): Promise<readonly ActionProgress[]> {
  requireStreams(controlPlane);
  const leaving = new AbortController();
  const { signal } = leaving;
  for await (const { actions } of taskApi(controlPlane).streams.watchProgress({ project, domain, run }, { signal })) {
    // The first answer has all that there is.
    leaving.abort();
    return actions.map(readProgress);
  }
  return [];
}

function readProgress({ action, done, total, message, metadata }: Message): ActionProgress {
  return {
    action,
    progress: done === undefined ? undefined : { done, total, message },
    metadata: metadata === "" ? {} : (JSON.parse(metadata) as Record<string, unknown>),
  };
}

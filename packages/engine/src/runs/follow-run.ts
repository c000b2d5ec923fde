import { AppEnvError } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import type { RunEnd } from "../contracts/runs.ts";
import type { Payload } from "../objects/objects.ts";
import { payloadOf } from "../store/read-action.ts";
import { phaseOf } from "../store/codes.ts";
import { actionRecord } from "../store/read-records.ts";
import type { Outcome } from "../store/rows.ts";
import { idOf, type EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/** Outputs up to this size are given with the news of an end: it may wait for a client that is slow. */
const smallBytes = 8 * 1024;

/** See `TaskEngine.follow`. */
export function followRun(context: EngineContext, id: RunId, ended: (end: RunEnd) => void): () => void {
  const { tasks, runs } = context.store;
  const scope = tasks.findScope(id.project, id.domain);
  const row = scope && runs.byName(scope.id, id.run);
  if (scope === undefined || row === undefined) {
    throw new AppEnvError("NOT_FOUND", `There is no run '${id.run}' in ${id.project}/${id.domain}.`);
  }
  const live = context.runs.get(Number(row["id"]));
  if (live === undefined) {
    ended(storedEnd(context, scope, Number(row["id"]), id));
    return () => {};
  }
  return live.followers.add((end) => ended(end));
}

/** Tells the followers of a run that its end is on disk. */
export function tellFollowers(action: ActionState, { outputs }: Outcome): void {
  const { row, run } = action;
  if (run.followers.size === 0) return;
  const end: RunEnd = {
    root: {
      id: idOf(action),
      phase: row.phase,
      createdAt: new Date(row.createdAt),
      startedAt: row.startedAt === undefined ? undefined : new Date(row.startedAt),
      endedAt: row.endedAt === undefined ? undefined : new Date(row.endedAt),
      cache: row.cache,
      error: row.error,
      abort: row.phase === "ABORTED" ? { reason: row.abortReason ?? row.error?.message ?? "" } : undefined,
      attempts: { length: row.attempts },
    },
    outputs: row.phase === "SUCCEEDED" ? small(outputs) : undefined,
  };
  run.followers.tell(end);
  run.followers.clear();
}

function storedEnd(
  { store }: EngineContext,
  scope: Parameters<typeof actionRecord>[1],
  run: number,
  { run: name }: RunId,
): RunEnd {
  const row = store.actions.byName(run, "a0") ?? {};
  const succeeded = phaseOf(row["phase"]) === "SUCCEEDED";
  return {
    root: actionRecord(store, scope, name, row),
    outputs: succeeded ? small(payloadOf(row, "outputs")) : undefined,
  };
}

/** A task without an output gives no bytes. */
function small(outputs: Payload | undefined): Uint8Array | undefined {
  if (outputs === undefined) return new Uint8Array();
  return (outputs.bytes?.byteLength ?? Number.POSITIVE_INFINITY) > smallBytes ? undefined : outputs.bytes;
}

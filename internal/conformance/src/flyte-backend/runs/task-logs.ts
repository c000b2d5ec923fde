import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { LogLineOriginator } from "@appenv/protocol";
import {
  ActionPhaseNumber,
  TailActionLogsResponseSchema,
  type TailActionLogsRequest,
  type TailActionLogsResponse,
} from "@appenv/protocol/tasks";
import type { BackendParts } from "../parts.ts";
import { podName } from "../pods.ts";
import { find } from "../find.ts";

const batch = 100;

/**
 * The log of the pod of one attempt: to its end if it runs, else what there is.
 *
 * @throws ConnectError NotFound for an attempt that there is not (they count from 1), one whose pod has not begun yet, and
 * one whose pod was deleted.
 */
export async function* tailLogs(
  { state, pods }: BackendParts,
  { actionId, attempt: number }: TailActionLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<TailActionLogsResponse> {
  const action = find(state, actionId?.run, actionId?.name ?? "");
  const attempt = action.attempts.find((each) => each.attempt === number);
  if (attempt === undefined) {
    throw new ConnectError(`no event found for action ${action.name} attempt ${number}`, Code.NotFound);
  }
  if (attempt.phase < ActionPhaseNumber.RUNNING) {
    throw new ConnectError(`no log context found for action ${action.name} attempt ${number}`, Code.NotFound);
  }
  const pod = podName(action, attempt);
  for (let sent = 0; ;) {
    const log = pods.logs.get(pod);
    if (log === undefined) {
      if (sent > 0) return;
      throw new ConnectError(`pod ${pod} not found in namespace flyte`, Code.NotFound);
    }
    const lines = log.lines.slice(sent, sent + batch);
    sent += lines.length;
    if (lines.length > 0) yield messageOf(lines);
    else if (!log.isRunning || signal.aborted) return;
    else await once(pods.logs, "changed", { signal }).catch(() => {});
  }
}

function messageOf(lines: readonly { readonly at: number; readonly text: string }[]): TailActionLogsResponse {
  const originator = LogLineOriginator.USER;
  const messages = lines.map(({ at, text }) => ({ timestamp: timestampFromMs(at), message: text, originator }));
  return create(TailActionLogsResponseSchema, { logs: [{ lines: messages }] });
}

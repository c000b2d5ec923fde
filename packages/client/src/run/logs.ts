import { AppEnvError, type RunLogLine, type RunLogsOptions } from "@appenv/core";
import { type ActionId, type LogLine, LogLineOriginator } from "@appenv/protocol";
import { toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { patiently } from "../control-plane/held.ts";
import { lineTime, type TimedLine } from "../logs/line.ts";
import { readLines } from "../logs/read-lines.ts";
import { isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";

/** Options of reading an action's log. */
export interface ActionLogsOptions extends Omit<RunLogsOptions, "action"> {
  /** Maximum number of lines that are there already, the last ones. Default: all. */
  readonly limit?: number;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/** An action's log. See `Run.logs`. */
export function readActionLogs(
  controlPlane: ControlPlane,
  id: ActionId,
  options: ActionLogsOptions,
): AsyncGenerator<RunLogLine> {
  const source = {
    open: (signal: AbortSignal) => tail(controlPlane, id, options.attempt ?? 0, signal),
    checkFailure: async (error: unknown) => {
      if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
      await controlPlane.relocate();
    },
    isOver: () => hasEnded(controlPlane, id),
  };
  return readLines(source, options);
}

async function hasEnded(controlPlane: ControlPlane, id: ActionId): Promise<boolean> {
  const request = { actionId: toActionIdentifier(id) };
  const { details } = await patiently(controlPlane, () => taskApi(controlPlane).runs.getActionDetails(request));
  return details !== undefined && isFinal(readAction(details).phase);
}

async function* tail(
  controlPlane: ControlPlane,
  id: ActionId,
  attempt: number,
  signal: AbortSignal,
): AsyncGenerator<readonly TimedLine<RunLogLine>[] | "caught-up"> {
  const request = { actionId: toActionIdentifier(id), attempt };
  for await (const { logs } of taskApi(controlPlane).data.tailLogs(request, { signal })) {
    // The embedded platform sends a message without lines after the lines that were there already.
    if (logs.length === 0) yield "caught-up";
    for (const { lines } of logs) yield lines.map((line) => toLine(line));
  }
}

function toLine({ timestamp, message, originator }: LogLine): TimedLine<RunLogLine> {
  const { time, date = new Date(0) } = lineTime(timestamp);
  const text = message.replace(/\r?\n$/, "");
  const stream = originator === LogLineOriginator.SYSTEM ? "platform" : "stdout";
  return { time, source: "", text, entry: { at: date, stream, text } };
}

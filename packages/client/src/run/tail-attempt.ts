import type { RunLogLine } from "@appenv/core";
import { type ActionId, type LogLine, LogLineOriginator } from "@appenv/protocol";
import { toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { lineTime, type TimedLine } from "../logs/line.ts";
import { taskApi } from "./api.ts";

/** The log of an attempt, as the control plane has it; 0 on the embedded platform: of all. */
export async function* tailAttempt(
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

import { LogLineOriginator, type AppLogLineMessage, type TailLogsResponse } from "@appenv/protocol";
import type { LogEntry } from "../../../parts/logs/log-lines.ts";
import { withoutColours } from "../../../parts/text.tsx";
import { msOf } from "../../../parts/time.tsx";

type Batches = Extract<TailLogsResponse["resp"], { case: "batches" }>["value"];

/** The lines of a live log. */
export function readBatches({ logs }: Batches): readonly LogEntry[] {
  return logs.flatMap(({ replicaId, structuredLines }) =>
    structuredLines.map(({ timestamp, message, originator }) => ({
      at: msOf(timestamp),
      text: withoutColours(message.replace(/\r?\n$/, "")),
      isPlatform: originator === LogLineOriginator.SYSTEM,
      source: replicaId?.name ?? "",
    })),
  );
}

/** A line of a page of older ones. */
export function readLine({ at, message, replica, stream }: AppLogLineMessage): LogEntry {
  return { at: msOf(at), text: withoutColours(message), isPlatform: stream === "platform", source: replica };
}

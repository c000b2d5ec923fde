import type { JSX } from "preact";
import { LogLineOriginator, type TailLogsResponse } from "@appenv/protocol";
import { appLogs } from "../../api/clients.ts";
import { useLog } from "../../live/use-log.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import type { LogEntry } from "../../parts/logs/log-lines.ts";
import { LogView } from "../../parts/logs/log-view.tsx";
import { withoutColours } from "../../parts/text.tsx";
import { msOf } from "../../parts/time.tsx";
import type { Name } from "../../route/names.ts";

/** The log of all replicas of an app. */
export function AppLog({ app }: { readonly app: Name }): JSX.Element {
  const { lines, ended, failure } = useLog(
    (signal) => appLogs.tailLogs({ target: { case: "appId", value: app } }, { signal }),
    readLines,
    "",
  );
  return (
    <>
      <FailureNotice failure={failure} />
      <LogView lines={lines} ended={ended} />
    </>
  );
}

function readLines({ resp }: TailLogsResponse): readonly LogEntry[] {
  if (resp.case !== "batches") return [];
  return resp.value.logs.flatMap(({ replicaId, structuredLines }) =>
    structuredLines.map(({ timestamp, message, originator }) => ({
      at: msOf(timestamp),
      text: withoutColours(message.replace(/\r?\n$/, "")),
      isPlatform: originator === LogLineOriginator.SYSTEM,
      source: replicaId?.name ?? "",
    })),
  );
}

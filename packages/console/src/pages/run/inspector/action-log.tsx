import type { JSX } from "preact";
import { ActionPhaseNumber, type ActionDetails, type TailActionLogsResponse } from "@appenv/protocol/tasks";
import { LogLineOriginator } from "@appenv/protocol";
import { data } from "../../../api/clients.ts";
import { useLog } from "../../../live/use-log.ts";
import { FailureNotice } from "../../../parts/notice.tsx";
import type { LogEntry } from "../../../parts/logs/log-lines.ts";
import { LogView, type LogRule } from "../../../parts/logs/log-view.tsx";
import { withoutColours } from "../../../parts/text.tsx";
import { msOf } from "../../../parts/time.tsx";
import { plainName, type Name } from "../../../route/names.ts";

/** The log of an action, with a rule between its attempts. */
export function ActionLog({
  run,
  name,
  details,
}: {
  readonly run: Name;
  readonly name: string;
  readonly details: ActionDetails | undefined;
}): JSX.Element {
  const actionId = { run: plainName(run), name };
  const { lines, ended, failure } = useLog(
    (signal) => data.tailLogs({ actionId, attempt: 0 }, { signal }),
    readLines,
    name,
  );
  return (
    <>
      <FailureNotice failure={failure} />
      <LogView lines={lines} ended={ended} rules={rulesOf(details)} />
    </>
  );
}

function readLines({ logs }: TailActionLogsResponse): readonly LogEntry[] {
  return logs.flatMap(({ lines }) =>
    lines.map(({ timestamp, message, originator }) => ({
      at: msOf(timestamp),
      text: withoutColours(message.replace(/\r?\n$/, "")),
      isPlatform: originator === LogLineOriginator.SYSTEM,
      source: "",
    })),
  );
}

/** An attempt's lines come after the moment at which it was queued, and before the next attempt is. */
function rulesOf(details: ActionDetails | undefined): readonly LogRule[] {
  const attempts = details?.attempts ?? [];
  if (attempts.length < 2) return [];
  return attempts.flatMap(({ attempt, phaseTransitions, startTime }) => {
    const queued = phaseTransitions.find(({ phase }) => phase === ActionPhaseNumber.QUEUED);
    const at = msOf(queued?.startTime ?? startTime);
    return at === undefined ? [] : [{ at, words: `Attempt ${attempt}` }];
  });
}

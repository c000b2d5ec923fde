import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ReadStreamResponse } from "@appenv/protocol/tasks";
import { streams } from "../../../api/clients.ts";
import type { LiveAction } from "../../../live/action-tree.ts";
import { now } from "../../../live/clock.ts";
import { useData } from "../../../live/use-data.ts";
import { useLog } from "../../../live/use-log.ts";
import { FailureNotice } from "../../../parts/notice.tsx";
import type { LogEntry } from "../../../parts/logs/log-lines.ts";
import { LogView } from "../../../parts/logs/log-view.tsx";
import { withoutColours } from "../../../parts/text.tsx";
import { msOf } from "../../../parts/time.tsx";
import type { Name } from "../../../route/names.ts";
import { isTerminal } from "../phases.ts";

/** While a run goes on, its streams are asked for this often, in milliseconds. */
const pauseMs = 3_000;

/** The names of a run's streams, for its first action; none for others. */
export function useStreamNames(run: Name, action: LiveAction | undefined): readonly string[] {
  const isFirst = action !== undefined && action.name === "a0";
  const goesOn = isFirst && !isTerminal(action.phase);
  const { value = [] } = useData(
    async (signal) => (isFirst ? readNames(run, signal) : []),
    `${run.name} ${isFirst} ${action?.phase} ${goesOn ? Math.floor(now.value / pauseMs) : 0}`,
  );
  return value;
}

async function readNames({ project, domain, name: run }: Name, signal: AbortSignal): Promise<readonly string[]> {
  const found = await streams.listStreams({ project, domain, run }, { signal });
  return found.streams.map(({ name }) => name);
}

/** The streams of a run: the values of one of them, as they come. */
export function Streams({ run, names }: { readonly run: Name; readonly names: readonly string[] }): JSX.Element {
  const chosen = useSignal("");
  const name = names.includes(chosen.value) ? chosen.value : (names[0] ?? "");
  return (
    <>
      {names.length < 2 ? null : (
        <div class="choices" role="group" aria-label="Streams">
          {names.map((each) => (
            <button key={each} type="button" aria-pressed={each === name} onClick={() => (chosen.value = each)}>
              {each}
            </button>
          ))}
        </div>
      )}
      <Values key={name} run={run} stream={name} />
    </>
  );
}

function Values({ run, stream }: { readonly run: Name; readonly stream: string }): JSX.Element {
  const { project, domain, name } = run;
  const { lines, ended, failure } = useLog(
    (signal) => streams.readStream({ project, domain, run: name, stream }, { signal }),
    readValues,
    `${name} ${stream}`,
  );
  return (
    <>
      <FailureNotice failure={failure} />
      <LogView lines={lines} ended={ended} />
    </>
  );
}

function readValues({ entries }: ReadStreamResponse): readonly LogEntry[] {
  return entries.flatMap<LogEntry>(({ at, action, attempt, entry }) => {
    const line = { at: msOf(at), source: "" };
    if (entry.case === "value") return [{ ...line, text: textOf(entry.value), isPlatform: false }];
    if (entry.case !== "restart") return [];
    const text = `(attempt ${attempt} of ${action} began again: its values above are void)`;
    return [{ ...line, text, isPlatform: true }];
  });
}

/** A text as it is, anything else as JSON. */
function textOf(json: string): string {
  return json.startsWith('"') ? withoutColours(JSON.parse(json) as string) : json;
}

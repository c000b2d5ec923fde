import type { JSX } from "preact";
import type { RunCounts } from "@appenv/protocol/tasks";
import { control } from "../api/clients.ts";
import { now } from "../live/clock.ts";
import { useData } from "../live/use-data.ts";

const hourMs = 3_600_000;
const hours = 24;
/** Time between two looks at the counts, in milliseconds. */
const lookMs = 15_000;

const parts = [
  ["failed", "bad", (counts: RunCounts) => counts.failed + counts.timedOut],
  ["aborted", "quiet", (counts: RunCounts) => counts.aborted],
  ["running", "busy", (counts: RunCounts) => counts.running],
  ["succeeded", "good", (counts: RunCounts) => counts.succeeded],
] as const;

/** The runs of the last day by the hour of their creation and by their outcome. Nothing where there were none. */
export function RunChart({
  onChoose,
}: {
  /** Called with the begin and the end of an hour that is chosen, as ISO 8601. */
  readonly onChoose?: (from: string, to: string) => void;
}): JSX.Element | null {
  const from = Math.floor(now.value / hourMs) * hourMs - (hours - 1) * hourMs;
  const { value } = useData(
    (signal) => control.countRuns({ from: BigInt(from), bucketMs: BigInt(hourMs), buckets: hours }, { signal }),
    String(Math.floor(now.value / lookMs)),
  );
  const buckets = value?.buckets ?? [];
  const most = Math.max(...buckets.map(sumOf), 0);
  if (most === 0) return null;
  return (
    <figure class="run-chart">
      <div class="bars" role="group" aria-label={`Runs of the last day by the hour: ${summary(buckets)}`}>
        {buckets.map((counts, index) => {
          const begin = from + index * hourMs;
          const words = `${new Date(begin).toLocaleTimeString(undefined, { timeStyle: "short" })}: ${summary([counts])}`;
          return (
            <button
              key={begin}
              type="button"
              class="plain"
              title={words}
              aria-label={words}
              disabled={onChoose === undefined || sumOf(counts) === 0}
              onClick={() => onChoose?.(new Date(begin).toISOString(), new Date(begin + hourMs).toISOString())}
            >
              {parts.map(([name, tone, read]) => (
                <span key={name} class={`run-count ${tone}`} style={{ height: `${(read(counts) / most) * 100}%` }} />
              ))}
            </button>
          );
        })}
      </div>
      <figcaption>Last 24 hours: {summary(buckets)}</figcaption>
    </figure>
  );
}

function sumOf(counts: RunCounts): number {
  return parts.reduce((sum, [, , read]) => sum + read(counts), 0);
}

function summary(buckets: readonly RunCounts[]): string {
  const told = parts.flatMap(([name, , read]) => {
    const sum = buckets.reduce((total, counts) => total + read(counts), 0);
    return sum === 0 ? [] : [`${sum} ${name}`];
  });
  return told.length === 0 ? "no runs" : told.toReversed().join(", ");
}

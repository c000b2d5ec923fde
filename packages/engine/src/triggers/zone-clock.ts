const dayMs = 86_400_000;

/** The clock of a time zone. Its times are numbers as those of `Date.UTC`, read as if the zone were UTC. */
export interface ZoneClock {
  /** The moments at which the clock shows a time, the earliest first. One that it leaves out is shown as much later. */
  momentsOf(time: number): readonly number[];
  /** By how much the clock is ahead of UTC some time before and after a moment. */
  offsetsAround(moment: number, withinMs: number): readonly number[];
}

const clocks = new Map<string, ZoneClock>();

/** @throws RangeError if there is no such zone. */
export function zoneClock(timeZone: string): ZoneClock {
  const clock = clocks.get(timeZone) ?? makeClock(offsetIn(timeZone));
  clocks.set(timeZone, clock);
  return clock;
}

function makeClock(offset: (moment: number) => number): ZoneClock {
  return {
    offsetsAround: (moment, withinMs) => [offset(moment - withinMs), offset(moment + withinMs)],
    momentsOf: (time) => {
      // No zone is a day ahead of UTC, and none changes its clock twice within two days.
      const [before, after] = [offset(time - dayMs), offset(time + dayMs)];
      if (before === after) return [time - before];
      const shown = [time - before, time - after].filter((moment) => offset(moment) === time - moment);
      return shown.length === 0 ? [time - before] : shown.toSorted((a, b) => a - b);
    },
  };
}

const quarterMs = 900_000;
const mostKept = 1_000;

/** Clocks change at whole quarters of an hour, so one answer serves each quarter: asking takes 20 microseconds. */
function offsetIn(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  return (moment) => {
    const quarter = Math.floor(moment / quarterMs);
    const kept = known.get(quarter);
    if (kept !== undefined) return kept;
    const name = format.formatToParts(quarter * quarterMs).find(({ type }) => type === "timeZoneName");
    const offset = readOffset(name?.value ?? "");
    if (known.size >= mostKept) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}

/** `GMT`, `GMT-05:00`, `GMT+00:19:32`, in milliseconds. */
function readOffset(text: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const size = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return sign === "-" ? -size : size;
}

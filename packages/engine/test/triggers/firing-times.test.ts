import { describe, expect, it } from "vitest";
import { latestMissed, nextFiring } from "../../src/triggers/firing-times.ts";

const berlin = (expression: string) => ({ kind: "cron", expression, timeZone: "Europe/Berlin" }) as const;
const any = new Date(0);

function firings(automation: Parameters<typeof nextFiring>[0], from: string, count: number): string[] {
  const times: string[] = [];
  let after = new Date(from);
  while (times.length < count) {
    after = nextFiring(automation, after, any) ?? new Date(Number.NaN);
    times.push(after.toISOString());
  }
  return times;
}

describe("a time table", () => {
  it("follows its time zone through the year", () => {
    expect(firings(berlin("0 9 * * *"), "2026-03-27T12:00:00Z", 3)).toEqual([
      "2026-03-28T08:00:00.000Z",
      "2026-03-29T07:00:00.000Z",
      "2026-03-30T07:00:00.000Z",
    ]);
  });

  it("moves a time that daylight saving leaves out, and fires once on that day", () => {
    expect(firings(berlin("30 2 * * *"), "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:30:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  it.for([
    ["*/20 2 * * *", "America/New_York", "2026-03-08T05:00Z", ["08T07:00", "08T07:20", "08T07:40", "09T06:00"]],
    ["*/30 2 * * 0", "America/New_York", "2026-03-08T05:00Z", ["08T07:00", "08T07:30", "15T06:00"]],
    ["*/20 2,3 * * *", "America/New_York", "2026-03-08T05:00Z", ["08T07:00", "08T07:20", "08T07:40", "09T06:00"]],
    ["30 2 8 3 *", "America/New_York", "2026-01-08T05:00Z", ["08T07:30"]],
    ["0-59/15 2 * * *", "Europe/Berlin", "2026-03-28T23:00Z", ["29T01:00", "29T01:15", "29T01:30", "29T01:45"]],
    ["15 1 * * *", "Europe/London", "2026-03-28T12:00Z", ["29T01:15", "30T00:15"]],
    ["*/30 0 * * *", "America/Santiago", "2026-09-05T12:00Z", ["06T04:00", "06T04:30", "07T03:00"]],
    ["30 1 * * *", "Antarctica/Troll", "2026-03-28T12:00Z", ["29T01:30", "29T23:30"]],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00Z", ["03T15:45", "04T15:15"]],
  ] as const)("fires at each time of a skipped hour, moved: %s in %s", ([expression, timeZone, from, times]) => {
    const found = firings({ kind: "cron", expression, timeZone }, from, times.length);
    expect(found.map((time) => time.slice(8, 16))).toEqual(times);
  });

  it.for([
    ["0,30 1 * * *", ["01T05:00", "01T05:30", "02T06:00"]],
    ["30 0-3 * * *", ["01T04:30", "01T05:30", "01T07:30", "01T08:30"]],
    ["*/30 1 * * *", ["01T05:00", "01T05:30", "01T06:00", "01T06:30", "02T06:00"]],
    ["30 * * * *", ["01T04:30", "01T05:30", "01T06:30", "01T07:30"]],
    ["@hourly", ["01T05:00", "01T06:00", "01T07:00"]],
    ["@daily", ["02T05:00", "03T05:00"]],
  ] as const)("fires twice in a repeated hour only with * in its minute or hour: %s", ([expression, times]) => {
    const found = firings(
      { kind: "cron", expression, timeZone: "America/New_York" },
      "2026-11-01T04:00Z",
      times.length,
    );
    expect(found.map((time) => time.slice(8, 16))).toEqual(times);
  });

  it.for([
    ["America/New_York", "2026-03-08T05:00Z"],
    ["America/New_York", "2026-11-01T04:00Z"],
    ["Antarctica/Troll", "2026-03-28T22:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T12:00Z"],
  ] as const)("goes forth and back over the same times: %s from %s", ([timeZone, from]) => {
    for (const expression of ["*/7 * * * *", "3-59/10 0-4 * * *", "0,20 1,2,3 * * *"]) {
      const automation = { kind: "cron", expression, timeZone } as const;
      const times = firings(automation, from, 40);
      expect(new Set(times).size).toBe(40);
      for (const [index, time] of times.slice(1).entries()) {
        const until = new Date(new Date(time).getTime() - 1);
        expect(latestMissed(automation, any, until).toISOString()).toBe(times[index]);
        expect(latestMissed(automation, any, new Date(time)).toISOString()).toBe(time);
      }
    }
  });

  it("fires once for a stated time that comes twice, and at each step of an interval", () => {
    expect(firings(berlin("30 2 * * *"), "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
    expect(firings(berlin("*/30 2 * * *"), "2026-10-24T22:00:00Z", 4)).toEqual([
      "2026-10-25T00:00:00.000Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:00:00.000Z",
      "2026-10-25T01:30:00.000Z",
    ]);
  });

  it("knows that a date never comes", () => {
    expect(nextFiring(berlin("0 0 31 2 *"), new Date("2026-01-01"), any)).toBeUndefined();
  });

  it.for([
    ["61 * * * *", "Europe/Berlin", "Invalid value for minute: 61"],
    ["* * * *", "Europe/Berlin", "* * * *"],
    ["0 9 * * *", "Mars/Olympus", "Mars/Olympus"],
  ] as const)("is refused if it cannot be read: %s in %s", ([expression, timeZone, why]) => {
    const next = () => nextFiring({ kind: "cron", expression, timeZone }, new Date(), any);
    expect(next).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(next).toThrow(why);
  });

  it("counts what was missed once, at its last time", () => {
    const missed = latestMissed(
      berlin("0 9 * * *"),
      new Date("2026-06-01T07:00:00Z"),
      new Date("2026-06-05T06:59:59Z"),
    );
    expect(missed.toISOString()).toBe("2026-06-04T07:00:00.000Z");
    const now = new Date("2026-06-05T07:00:00Z");
    expect(latestMissed(berlin("0 9 * * *"), now, now)).toEqual(now);
  });
});

describe("a fixed rate", () => {
  const minute = 60_000;

  it("counts from its start", () => {
    const automation = {
      kind: "fixed-rate",
      everyMs: 5 * minute,
      startTime: new Date("2026-01-01T00:02:00Z"),
    } as const;
    expect(firings(automation, "2025-12-31T00:00:00Z", 2)).toEqual([
      "2026-01-01T00:02:00.000Z",
      "2026-01-01T00:07:00.000Z",
    ]);
    expect(firings(automation, "2026-01-01T10:00:00Z", 1)).toEqual(["2026-01-01T10:02:00.000Z"]);
  });

  it("counts from when it was activated, if it has no start", () => {
    const automation = { kind: "fixed-rate", everyMs: 5 * minute, startTime: undefined } as const;
    const activated = new Date("2026-01-01T00:00:30Z");
    expect(nextFiring(automation, activated, activated)?.toISOString()).toBe("2026-01-01T00:05:30.000Z");
  });

  it("counts what was missed once, at its last time", () => {
    const automation = { kind: "fixed-rate", everyMs: minute, startTime: undefined } as const;
    const missed = latestMissed(automation, new Date("2026-01-01T00:01:00Z"), new Date("2026-01-01T00:07:30Z"));
    expect(missed.toISOString()).toBe("2026-01-01T00:07:00.000Z");
  });
});

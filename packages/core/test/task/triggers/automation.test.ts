import { describe, expect, test } from "vitest";
import { cron, fixedRate } from "../../../src/index.ts";
import { expectError } from "../../helpers.ts";

describe("cron", () => {
  test.each(["* * * * *", "0 7 * * MON-FRI", "*/15 0-6,22 1,15 jan,jul 0", "@daily", "0 0 31 12 7", "  5 4 * * sun "])(
    "%s is a time table",
    (expression) => {
      expect(cron(expression)).toEqual({ kind: "cron", expression: expression.trim(), timeZone: "UTC" });
    },
  );

  test.each([
    ["0 9 * * SAT-SUN"],
    ["0 9 * * MON-SUN"],
    ["0 0 29 2 *"],
    ["0 0 31 2 MON"],
    ["0 0 31 4,5 *"],
    ["5-59/15 * * * *"],
    ["0 0 * * 5-7"],
    ["@annually"],
  ])("%s is one too", (expression) => {
    expect(cron(expression).expression).toBe(expression);
  });

  test.each<[unknown, ...string[]]>([
    ["", "five fields"],
    [5, "cron is 5"],
    ["* * * *", "it has 4"],
    ["* * * * * *", "it has 6"],
    ["@never", "@daily"],
    ["60 * * * *", "the minute", '"60"', "0 to 59"],
    ["* 24 * * *", "the hour", '"24"', "0 to 23"],
    ["* * 0 * *", "the day of the month", "1 to 31"],
    ["* * * 13 *", "the month", "1 to 12 or JAN to DEC"],
    ["* * * * 8", "the day of the week", "0 to 7 or SUN to SAT"],
    ["5-1 * * * *", "the minute", 'write "5-59,0-1"'],
    ["0 22-4 * * *", "the hour", '"22-4"', 'write "22-23,0-4"'],
    ["0 9 * * FRI-MON", "the day of the week", 'write "FRI-SAT,SUN-MON"'],
    ["5/15 * * * *", "the minute", '"5/15"', 'write "5-59/15"'],
    ["*/90 * * * *", "the minute", '"*/90"', "1 to 59"],
    ["*/0 * * * *", "the minute", "1 to 59"],
    ["0 */30 * * *", "the hour", '"*/30"', "1 to 23"],
    ["0-4/5 * * * *", "the minute", "1 to 4"],
    ["0 0 L * *", "the day of the month", '"L"'],
    ["0 0 ? * *", "the day of the month", '"?"'],
    ["0 0 * * 1#2", "the day of the week", '"1#2"'],
    ["0 0 30 2 *", "the day of the month", '"30"', "a day that its month (2) has"],
    ["0 0 31 4,6,9,11 *", "the day of the month", "4,6,9,11"],
    ["1-2-3 * * * *", "the minute"],
    ["a * * * *", "the minute"],
    ["1,,2 * * * *", "the minute"],
    ["*/5/5 * * * *", "the minute"],
  ])("%s is none", (expression, ...parts) => {
    expectError(() => cron(expression as never), "INVALID_OPTION", "cron", ...parts);
  });

  test("has a time zone that there is", () => {
    expect(cron("@hourly", { timeZone: "Europe/Berlin" }).timeZone).toBe("Europe/Berlin");
    for (const timeZone of ["Mars/Base", "", 5]) {
      expectError(() => cron("@hourly", { timeZone: timeZone as never }), "INVALID_OPTION", "cron.timeZone");
    }
  });
});

describe("fixedRate", () => {
  test("is a whole number of minutes", () => {
    const startTime = new Date(0);
    expect(fixedRate("5m", { startTime })).toEqual({ kind: "fixed-rate", everyMs: 300_000, startTime });
    expect(fixedRate(3_600)).toEqual({ kind: "fixed-rate", everyMs: 3_600_000, startTime: undefined });
    for (const every of ["30s", 0, "90s"])
      expectError(() => fixedRate(every), "INVALID_OPTION", "whole number of minutes");
    expectError(() => fixedRate("often"), "INVALID_DURATION", "fixedRate");
    expectError(() => fixedRate("1m", { startTime: new Date("no") }), "INVALID_OPTION", "startTime");
  });
});

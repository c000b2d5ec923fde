import { describe, expect, test } from "vitest";
import { cron, fixedRate } from "../../src/index.ts";
import { expectError } from "../helpers.ts";

describe("cron", () => {
  test.each(["* * * * *", "0 7 * * MON-FRI", "*/15 0-6,22 1,15 jan,jul 0", "@daily", "0 0 31 12 7", "  5 4 * * sun "])(
    "%s is a time table",
    (expression) => {
      expect(cron(expression)).toEqual({ kind: "cron", expression: expression.trim(), timeZone: "UTC" });
    },
  );

  test.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "1-2-3 * * * *",
    "a * * * *",
    "@never",
    "1,,2 * * * *",
    "*/5/5 * * * *",
    5,
  ])("%s is none", (expression) => {
    expectError(() => cron(expression as never), "INVALID_OPTION", "cron", "five fields");
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

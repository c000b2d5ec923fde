import type { Row } from "../row.ts";
import { comparePages, openConsole, type OpenPage } from "../sides/console-page.ts";
import { stateWithOneRun, stateWithRuns } from "../sides/many-runs.ts";
import { RunningPlatform } from "../sides/platform.ts";

const count = 100_000;
const words = count.toLocaleString("en-US");
const against = "the page of a platform with 1 run";

/** Time and memory that the page of many runs takes in a browser. */
export const consoleRuns: Row = {
  name: "console-runs",
  what: `page of ${words} runs in Chromium, from its request until the first of them are shown`,
  against,
  how: `Two platforms: one with ${words} runs that have ended in its store, made as in the row above, and one with a single one. A new browser context opens the list of runs of either in turn, until a run is shown. The second line is when the browser first painted something of the page, the third what the page's JavaScript holds then, after a collection of garbage. Then the wheel is turned 120 times over the list of the larger page, 400 pixels each time, 60 times a second, down and back; the last lines are of the frames of the page meanwhile.`,
  needs: ["chromium"],
  async measure(bench) {
    const single = await stateWithOneRun(bench);
    await using full = new RunningPlatform(bench, { home: stateWithRuns(bench, single, count) });
    await using few = new RunningPlatform(bench, { home: single });
    await full.start();
    await few.start();
    // Awaited here: the platforms end with this function.
    return await comparePages(bench, { ours: runsOf(full, ".table-body"), theirs: runsOf(few), against, rounds: 5 });
  },
};

function runsOf(platform: RunningPlatform, list?: string): OpenPage {
  return (browser) =>
    openConsole(browser, platform, "/v2/runs", (page) => page.locator(".table-row").first().waitFor(), list);
}

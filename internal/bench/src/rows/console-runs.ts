import type { Page } from "playwright-core";
import type { Row } from "../row.ts";
import { heldLine, launchChromium, openConsole } from "../sides/console-page.ts";
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
  how: `Two platforms: one with ${words} runs that have ended in its store, made as in the row above, and one with a single one. A new browser context opens the list of runs of either in turn, until a run is shown. The second line is what the page's JavaScript holds then, after a collection of garbage.`,
  needs: ["chromium"],
  async measure(bench) {
    const single = await stateWithOneRun(bench);
    await using full = new RunningPlatform(bench, { home: stateWithRuns(bench, single, count) });
    await using few = new RunningPlatform(bench, { home: single });
    await full.start();
    await few.start();
    const browser = await launchChromium();
    const held = { full: [] as number[], few: [] as number[] };
    const open = (platform: RunningPlatform, kept: number[]) => async (): Promise<number> => {
      const { ms, heldKib } = await openConsole(browser, platform, "/v2/runs", firstRun);
      kept.push(heldKib);
      return ms;
    };
    try {
      const rounds = { rounds: 5, warmUp: 1, unit: "ms" };
      const figures = await bench.pairs(open(full, held.full), open(few, held.few), rounds);
      return { ...figures, also: [heldLine(against, held.full, held.few)] };
    } finally {
      await browser.close();
    }
  },
};

async function firstRun(page: Page): Promise<void> {
  await page.locator(".table-row").first().waitFor();
}

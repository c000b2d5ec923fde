import type { Browser } from "playwright-core";
import type { Row } from "../row.ts";
import { heldLine, launchChromium, openConsole } from "../sides/console-page.ts";
import { RunningPlatform } from "../sides/platform.ts";

const count = 20_000;
const few = 20;
const against = `the page of a run with ${few} actions`;
const words = count.toLocaleString("en-US");

/** Time and memory that the page of a large run takes in a browser. */
export const consoleRun: Row = {
  name: "console-run",
  what: `page of a run with ${words} actions in Chromium, from its request until the tree has all of them`,
  against,
  how: `A run of ${words} children that has ended, and one of ${few}, on one platform. A new browser context opens the page of either in turn, until it names the number of actions. The second line is what the page's JavaScript holds then, after a collection of garbage.`,
  needs: ["chromium"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    const [many, small] = [await runOf(platform, count), await runOf(platform, few)];
    const browser = await launchChromium();
    const held = { many: [] as number[], small: [] as number[] };
    try {
      const figures = await bench.pairs(
        () => open(browser, platform, many, count, held.many),
        () => open(browser, platform, small, few, held.small),
        { rounds: 3, warmUp: 1, unit: "ms" },
      );
      return { ...figures, also: [heldLine(against, held.many, held.small)] };
    } finally {
      await browser.close();
    }
  },
};

/** The path of the page of a run with a number of children. */
async function runOf(platform: RunningPlatform, children: number): Promise<string> {
  const name = (await platform.script("children-run", children)).trim();
  return `/v2/domain/development/project/flytesnacks/runs/${name}`;
}

/** In milliseconds. @param held - Takes the memory of the page, in KiB. */
async function open(
  browser: Browser,
  platform: RunningPlatform,
  path: string,
  children: number,
  held: number[],
): Promise<number> {
  const { ms, heldKib } = await openConsole(browser, platform, path, (page) =>
    page.getByPlaceholder(`Find among ${children + 1} actions`).waitFor({ timeout: 60_000 }),
  );
  held.push(heldKib);
  return ms;
}

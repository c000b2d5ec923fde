import type { Browser, Page } from "playwright-core";
import type { Row } from "../row.ts";
import { comparePages, openConsole, type OpenedPage } from "../sides/console-page.ts";
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
  how: `A run of ${words} children that has ended, and one of ${few}, on one platform. A new browser context opens the page of either in turn, until it names the number of actions. The second line is when the browser first painted something of the page, the third what the page's JavaScript holds then, after a collection of garbage. Then the wheel is turned 120 times over the list of the larger page, 400 pixels each time, 60 times a second, down and back; the last lines are of the frames of the page meanwhile.`,
  needs: ["chromium"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    const [many, small] = [await runOf(platform, count), await runOf(platform, few)];
    // Awaited here: the platform ends with this function.
    return await comparePages(bench, {
      ours: (browser) => open(browser, platform, many, count, ".tree"),
      theirs: (browser) => open(browser, platform, small, few),
      against,
      rounds: 3,
    });
  },
};

/** The path of the page of a run with a number of children. */
async function runOf(platform: RunningPlatform, children: number): Promise<string> {
  const name = (await platform.script("children-run", children)).trim();
  return `/v2/domain/development/project/flytesnacks/runs/${name}`;
}

function open(
  browser: Browser,
  platform: RunningPlatform,
  path: string,
  children: number,
  list?: string,
): Promise<OpenedPage> {
  const shown = (page: Page): Promise<void> =>
    page.getByPlaceholder(`Find among ${children + 1} actions`).waitFor({ timeout: 60_000 });
  return openConsole(browser, platform, path, shown, list);
}

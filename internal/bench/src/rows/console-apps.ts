import type { Row } from "../row.ts";
import { comparePages, openConsole, type OpenPage } from "../sides/console-page.ts";
import { copyApps } from "../sides/many-apps.ts";
import { copyState } from "../sides/many-runs.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { freePorts } from "../sides/ports.ts";

const count = 1_000;
const words = count.toLocaleString("en-US");
const against = "the page of a platform with 1 app";

/** Time and memory that the page of many apps takes in a browser. */
export const consoleApps: Row = {
  name: "console-apps",
  what: `page of ${words} apps in Chromium, from its request until the first of them are shown`,
  against,
  how: `Two platforms: one with ${words} apps at zero replicas, made as in apps-at-zero, and one with a single one. A new browser context opens the list of apps of either in turn, until an app is shown. The second line is when the browser first painted something of the page, the third what the page's JavaScript holds then, after a collection of garbage.`,
  needs: ["chromium"],
  async measure(bench) {
    await using few = new RunningPlatform(bench);
    await few.start();
    await few.serve("hello", "hello");
    await few.stop();
    const home = copyState(bench, few.home);
    copyApps(home, await freePorts(count - 1));
    await using full = new RunningPlatform(bench, { home });
    await full.start();
    await few.start();
    // Awaited here: the platforms end with this function.
    return await comparePages(bench, { ours: appsOf(full), theirs: appsOf(few), against, rounds: 5 });
  },
};

function appsOf(platform: RunningPlatform): OpenPage {
  return (browser) =>
    openConsole(browser, platform, "/v2/apps", (page) => page.locator(".table-row").first().waitFor());
}

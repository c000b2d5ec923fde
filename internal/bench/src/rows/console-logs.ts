import type { Browser, Page } from "playwright-core";
import type { Row } from "../row.ts";
import { comparePages, openConsole, type OpenedPage } from "../sides/console-page.ts";
import { RunningPlatform } from "../sides/platform.ts";

/** Lines of 36 bytes. */
const many = 1_400_000;
const few = 14_000;
const against = "the same with 0.5 MB";

/** Time and memory that a page takes for a flood of log lines. */
export const consoleLogs: Row = {
  name: "console-logs",
  what: "page of an app in Chromium while the app writes 50 MB of log lines, from the request until the last is shown",
  against,
  how: "A new browser context opens the page of an app. The app is then asked for 1,400,000 lines of 36 bytes, and for 14,000 in turn, which it writes as fast as they are taken, until the log of the page shows the last of them. The second line is when the browser first painted something of the page, the third what the page's JavaScript holds then, after a collection of garbage.",
  needs: ["chromium"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    const port = await platform.serve("talk", "talk");
    // Awaited here: the platform ends with this function.
    return await comparePages(bench, {
      ours: (browser) => flood(browser, platform, port, many),
      theirs: (browser) => flood(browser, platform, port, few),
      against,
      rounds: 3,
    });
  },
};

let floods = 0;

/** The time is that of the flood. */
async function flood(browser: Browser, platform: RunningPlatform, port: number, lines: number): Promise<OpenedPage> {
  let began = 0;
  let ms = 0;
  const path = "/v2/domain/development/project/flytesnacks/apps/talk";
  const opened = await openConsole(browser, platform, path, async (page: Page) => {
    const log = page.getByRole("log", { name: "Log" });
    await log.waitFor();
    began = performance.now();
    const name = `flood-${(floods += 1)}`;
    const answer = await fetch(`http://localhost:${port}/talk/${name}/${lines}`);
    if (!answer.ok) throw new Error(`The app answered ${answer.status}.`);
    await log.getByText(`the end of ${name}`).waitFor({ timeout: 120_000 });
    ms = performance.now() - began;
  });
  return { ...opened, ms };
}

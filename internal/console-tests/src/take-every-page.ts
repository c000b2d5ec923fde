// Takes a picture of every page, view and dialog, in both themes and three widths, to be looked at:
// `node internal/console-tests/src/take-every-page.ts FOLDER [NAME ...]`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { fillPlatform } from "./filled-platform.ts";
import { closeView, sightsOf, type Sight } from "./sights.ts";
import { startPlatformProcess } from "./started-platform.ts";

const widths = [1280, 800, 390];
const [folder = "", ...names] = process.argv.slice(2);
if (folder === "") throw new Error("Name a folder: node take-every-page.ts FOLDER");
mkdirSync(folder, { recursive: true });

const home = mkdtempSync(join(tmpdir(), "appenv-pictures-"));
process.env["APPENV_HOME"] = home;
const empty = await startPlatformProcess(mkdtempSync(join(home, "empty-")));
const platform = await startPlatformProcess(home);
const browser = await launchBrowser();
try {
  const lists = Object.values(sightsOf({ failed: "", failedDeep: "", asking: "", queued: "", streaming: "" })).flat();
  const emptyLists = lists.filter(({ path }) => path.split("/").length < 4 && !path.includes("?"));
  await takeAll(browser, empty.endpoint, [
    ...new Map(
      emptyLists.map(({ path }) => [path, { name: `empty${path.replaceAll("/", "-")}`, path, show: noMore }]),
    ).values(),
  ]);
  const sights = sightsOf(await fillPlatform(platform.endpoint));
  await takeAll(browser, platform.endpoint, Object.values(sights).flat());
} finally {
  await browser.close();
  await platform.close();
  await empty.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
}

async function noMore(): Promise<void> {}

/** Takes those that were named on the command line, or all. */
async function takeAll(from: Browser, endpoint: string, sights: readonly Sight[]): Promise<void> {
  for (const width of widths) {
    const page = await from.newPage({ viewport: { width, height: width < 500 ? 844 : 800 }, bypassCSP: true });
    for (const { name, path, show, more = {} } of sights) {
      if (names.length > 0 && !names.some((part) => name.includes(part))) continue;
      try {
        await page.goto(`${endpoint}${path}`);
        await show(page);
        await take(page, `${name}-${width}`);
        for (const [view, open] of Object.entries(more)) {
          await open(page);
          await take(page, `${view}-${width}`);
          await closeView(page);
        }
      } catch (error) {
        process.stderr.write(`${name}-${width}: ${String(error).slice(0, 300)}\n`);
        process.exitCode = 1;
      }
    }
    await page.close();
  }
}

/** One picture in each theme, of all of the page. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForFunction(`document.querySelector("main h1") && !document.querySelector("[aria-busy=true]")`);
  const isDialog = (await page.locator("dialog[open]").count()) > 0;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: join(folder, `${name}-${colorScheme}.png`),
      fullPage: !isDialog,
      animations: "disabled",
    });
  }
}

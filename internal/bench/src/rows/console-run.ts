import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { programPath } from "../processes/installed.ts";
import type { Row } from "../row.ts";
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
    const browser = await chromium.launch({
      executablePath: programPath("chromium") ?? "",
      args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
    });
    try {
      const held = { many: [] as number[], small: [] as number[] };
      const figures = await bench.pairs(
        () => openPage(browser, platform, many, count, held.many),
        () => openPage(browser, platform, small, few, held.small),
        { rounds: 3, warmUp: 1, unit: "ms" },
      );
      return { ...figures, also: [{ what: "memory of its JavaScript", against, ...heldFigures(held) }] };
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
async function openPage(
  browser: Browser,
  { home }: RunningPlatform,
  path: string,
  children: number,
  held: number[],
): Promise<number> {
  const { endpoint } = JSON.parse(readFileSync(join(home, "platform.json"), "utf8")) as { endpoint: string };
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(`${endpoint}${path}`);
    await page.getByPlaceholder(`Find among ${children + 1} actions`).waitFor({ timeout: 60_000 });
    const took = performance.now() - began;
    held.push(Number(await page.evaluate("gc(), performance.memory.usedJSHeapSize")) / 1_024);
    return took;
  } finally {
    await context.close();
  }
}

function heldFigures({ many, small }: { readonly many: readonly number[]; readonly small: readonly number[] }) {
  const values = many.map((each, index) => each / (small[index] ?? each));
  return { values, sides: { unit: "KiB", ours: many, theirs: small } };
}

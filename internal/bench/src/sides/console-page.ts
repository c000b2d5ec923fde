import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Bench } from "../bench.ts";
import { programPath } from "../processes/installed.ts";
import type { Extra, Measurement } from "../stats/figures.ts";
import type { RunningPlatform } from "./platform.ts";
import { scrollingLines, scrollThrough, type Scrolling } from "./scrolling.ts";

/** A page of the console, as a browser opened it. */
export interface OpenedPage {
  /** Time from its request until its contents are shown, in milliseconds. */
  readonly ms: number;
  /** Memory that its JavaScript holds then, after a collection of garbage, in KiB. */
  readonly heldKib: number;
  /** Of the list that was to be scrolled. */
  readonly scrolling?: Scrolling;
}

/** Starts a Chromium that tells the memory of a page. */
function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: programPath("chromium") ?? "",
    args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
  });
}

/** Opens a page in a new context, until `shown` resolves. @param list - A selector: the list that is scrolled afterwards. */
export async function openConsole(
  browser: Browser,
  { home }: Pick<RunningPlatform, "home">,
  path: string,
  shown: (page: Page) => Promise<void>,
  list?: string,
): Promise<OpenedPage> {
  const { endpoint } = JSON.parse(readFileSync(join(home, "platform.json"), "utf8")) as { endpoint: string };
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(`${endpoint}${path}`);
    await shown(page);
    const ms = performance.now() - began;
    const heldKib = Number(await page.evaluate("gc(), performance.memory.usedJSHeapSize")) / 1_024;
    return list === undefined ? { ms, heldKib } : { ms, heldKib, scrolling: await scrollThrough(page, list) };
  } finally {
    await context.close();
  }
}

/** Opens a page on a side, in the browser that both share. */
export type OpenPage = (browser: Browser) => Promise<OpenedPage>;

/** Opens pages of both sides in turn. The second line of the row is the memory that their JavaScript holds, then come those of scrolling. */
export async function comparePages(
  bench: Bench,
  { ours, theirs, against, rounds }: { ours: OpenPage; theirs: OpenPage; against: string; rounds: number },
): Promise<Measurement> {
  const browser = await launchChromium();
  const held = { ours: [] as number[], theirs: [] as number[] };
  const scrolled: Scrolling[] = [];
  const open = (page: OpenPage, kept: number[]) => async (): Promise<number> => {
    const { ms, heldKib, scrolling } = await page(browser);
    kept.push(heldKib);
    if (scrolling !== undefined) scrolled.push(scrolling);
    return ms;
  };
  try {
    const pairing = { rounds, warmUp: 1, unit: "ms" };
    const figures = await bench.pairs(open(ours, held.ours), open(theirs, held.theirs), pairing);
    return { ...figures, also: [heldLine(against, held.ours, held.theirs), ...scrollingLines(scrolled)] };
  } finally {
    await browser.close();
  }
}

function heldLine(against: string, ours: readonly number[], theirs: readonly number[]): Extra {
  const values = ours.map((each, index) => each / (theirs[index] ?? each));
  return { what: "memory of its JavaScript", against, values, sides: { unit: "KiB", ours, theirs } };
}

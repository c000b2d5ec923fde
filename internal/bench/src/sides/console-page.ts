import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Bench } from "../bench.ts";
import { programPath } from "../processes/installed.ts";
import type { Extra, Measurement } from "../stats/figures.ts";
import type { RunningPlatform } from "./platform.ts";

/** A page of the console, as a browser opened it. */
export interface OpenedPage {
  /** Time from its request until its contents are shown, in milliseconds. */
  readonly ms: number;
  /** Memory that its JavaScript holds then, after a collection of garbage, in KiB. */
  readonly heldKib: number;
}

/** Starts a Chromium that tells the memory of a page. */
function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: programPath("chromium") ?? "",
    args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
  });
}

/** Opens a page in a new context, until `shown` resolves. */
export async function openConsole(
  browser: Browser,
  { home }: Pick<RunningPlatform, "home">,
  path: string,
  shown: (page: Page) => Promise<void>,
): Promise<OpenedPage> {
  const { endpoint } = JSON.parse(readFileSync(join(home, "platform.json"), "utf8")) as { endpoint: string };
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(`${endpoint}${path}`);
    await shown(page);
    const ms = performance.now() - began;
    return { ms, heldKib: Number(await page.evaluate("gc(), performance.memory.usedJSHeapSize")) / 1_024 };
  } finally {
    await context.close();
  }
}

/** Opens a page on a side, in the browser that both share. */
export type OpenPage = (browser: Browser) => Promise<OpenedPage>;

/** Opens pages of both sides in turn. The second line of the row is the memory that their JavaScript holds. */
export async function comparePages(
  bench: Bench,
  { ours, theirs, against, rounds }: { ours: OpenPage; theirs: OpenPage; against: string; rounds: number },
): Promise<Measurement> {
  const browser = await launchChromium();
  const held = { ours: [] as number[], theirs: [] as number[] };
  const open = (page: OpenPage, kept: number[]) => async (): Promise<number> => {
    const { ms, heldKib } = await page(browser);
    kept.push(heldKib);
    return ms;
  };
  try {
    const pairing = { rounds, warmUp: 1, unit: "ms" };
    const figures = await bench.pairs(open(ours, held.ours), open(theirs, held.theirs), pairing);
    return { ...figures, also: [heldLine(against, held.ours, held.theirs)] };
  } finally {
    await browser.close();
  }
}

function heldLine(against: string, ours: readonly number[], theirs: readonly number[]): Extra {
  const values = ours.map((each, index) => each / (theirs[index] ?? each));
  return { what: "memory of its JavaScript", against, values, sides: { unit: "KiB", ours, theirs } };
}

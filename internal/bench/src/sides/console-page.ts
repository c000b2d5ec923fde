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
  /** Time until the browser painted something of it, its First Contentful Paint, in milliseconds. */
  readonly paintMs: number;
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

/** The time of the paint, which may come a frame after what was waited for. */
const firstPaint = `new Promise((found) =>
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") found(startTime);
  }).observe({ type: "paint", buffered: true }))`;

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
    const paintMs = await page.evaluate<number>(firstPaint);
    const heldKib = Number(await page.evaluate("gc(), performance.memory.usedJSHeapSize")) / 1_024;
    const opened = { ms, paintMs, heldKib };
    return list === undefined ? opened : { ...opened, scrolling: await scrollThrough(page, list) };
  } finally {
    await context.close();
  }
}

/** Opens a page on a side, in the browser that both share. */
export type OpenPage = (browser: Browser) => Promise<OpenedPage>;

/** Opens pages of both sides in turn. The further lines of the row are the first paint, the memory that their JavaScript holds, and scrolling. */
export async function comparePages(
  bench: Bench,
  { ours, theirs, against, rounds }: { ours: OpenPage; theirs: OpenPage; against: string; rounds: number },
): Promise<Measurement> {
  const browser = await launchChromium();
  const [ourPages, theirPages]: [OpenedPage[], OpenedPage[]] = [[], []];
  const open = (page: OpenPage, opened: OpenedPage[]) => async (): Promise<number> => {
    const one = await page(browser);
    opened.push(one);
    return one.ms;
  };
  try {
    const pairing = { rounds, warmUp: 1, unit: "ms" };
    const figures = await bench.pairs(open(ours, ourPages), open(theirs, theirPages), pairing);
    const line = (what: string, unit: string, of: (page: OpenedPage) => number): Extra =>
      extraLine({ what, against, unit, ours: ourPages.map(of), theirs: theirPages.map(of) });
    const also = [
      line("its First Contentful Paint", "ms", ({ paintMs }) => paintMs),
      line("memory of its JavaScript", "KiB", ({ heldKib }) => heldKib),
      ...scrollingLines(ourPages.flatMap(({ scrolling }) => scrolling ?? [])),
    ];
    return { ...figures, also };
  } finally {
    await browser.close();
  }
}

interface Compared {
  readonly what: string;
  readonly against: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

function extraLine({ what, against, unit, ours, theirs }: Compared): Extra {
  const values = ours.map((each, index) => each / (theirs[index] ?? each));
  return { what, against, values, sides: { unit, ours, theirs } };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { programPath } from "../processes/installed.ts";
import type { RunningPlatform } from "./platform.ts";

/** A page of the console, as a browser opened it. */
export interface OpenedPage {
  /** Time from its request until its contents are shown, in milliseconds. */
  readonly ms: number;
  /** Memory that its JavaScript holds then, after a collection of garbage, in KiB. */
  readonly heldKib: number;
}

/** Starts a Chromium that tells the memory of a page. */
export function launchChromium(): Promise<Browser> {
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

/** The memory of pages as a second line of a row. */
export function heldLine(against: string, ours: readonly number[], theirs: readonly number[]) {
  const values = ours.map((each, index) => each / (theirs[index] ?? each));
  return { what: "memory of its JavaScript", against, values, sides: { unit: "KiB", ours, theirs } };
}

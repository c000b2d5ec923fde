import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { systemProgram } from "@appenv-internal/test-support/system";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const { path: executablePath, missing } = systemProgram("chromium");
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const layoutFaults = readFileSync(new URL("in-page/layout-faults.js", import.meta.url), "utf8");

/** The reason why there is no browser; undefined if there is one. */
export const missingBrowser: string | undefined = missing;

/** Starts Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? "", args: flags });
}

/** A page of the console, and all that went wrong on it: errors, warnings, requests to others than the platform. */
export interface WatchedPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Opens a page until the test has finished. Keys are heard by then. */
export async function openPage(
  browser: Browser,
  endpoint: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== endpoint) problems.push(`asked ${origin}`);
  });
  await page.goto(`${endpoint}${path}`);
  // Keys are heard once the script has made the page.
  await page.locator("h1").first().waitFor();
  return { page, problems };
}

/** The faults of a page, each as the begin of an element's HTML. */
export interface PageFaults {
  /** With the name of the rule. */
  readonly axe: readonly string[];
  /** The width of a page that can be scrolled to the side, and the elements that reach beyond its right edge. */
  readonly sticksOut: readonly unknown[];
  /** Texts that are cut off, and told nowhere else. */
  readonly clipped: readonly string[];
  /** Texts and controls that nobody can bring in sight. */
  readonly unseen: readonly string[];
  /** Two texts or controls that lie on each other. */
  readonly overlapping: readonly string[];
  /** Headings with nothing below them. */
  readonly empty: readonly string[];
}

/** The faults of a page that has none. */
export const noFaults: PageFaults = { axe: [], sticksOut: [], clipped: [], unseen: [], overlapping: [], empty: [] };

/** The part of axe that is used here. */
interface Axe {
  run(options?: object): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}

/** The serious findings of axe on a page, and the faults of its layout. To be opened with `bypassCSP`. */
export async function faultsOf(page: Page): Promise<PageFaults> {
  await page.waitForFunction(`document.querySelector("main h1") && !document.querySelector("[aria-busy=true]")`);
  return { axe: await findingsOf(page, {}), ...(await layoutOf(page)) };
}

/** The findings of axe that another theme may change, on a page that has been looked at in one. */
export function contrastsOf(page: Page): Promise<readonly string[]> {
  return findingsOf(page, { runOnly: ["color-contrast"] });
}

/** The faults of a page's layout. */
export function layoutOf(page: Page): Promise<Omit<PageFaults, "axe">> {
  return page.evaluate<Omit<PageFaults, "axe">>(layoutFaults);
}

async function findingsOf(page: Page, options: object): Promise<readonly string[]> {
  if (!(await page.evaluate(`"axe" in globalThis`))) await page.evaluate(axe);
  // Rules here need no style sheets, which axe would fetch anew, and nobody reads what passed.
  const quick = { resultTypes: ["violations"], preload: false, ...options };
  const { violations } = await page.evaluate((given) => (globalThis as unknown as { axe: Axe }).axe.run(given), quick);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

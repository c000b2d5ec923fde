import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** A page in a real browser, and all that went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, uncaught errors, violations of the content security policy, failed requests. */
  readonly problems: readonly string[];
  /** The addresses it has asked for. */
  readonly requests: readonly string[];
}

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens an address in the browser at `executablePath`, with a profile of its own; both go when the test ends. */
export async function openPage(executablePath: string, url: string): Promise<WatchedPage> {
  const browser = await chromium.launch({ executablePath, args: flags });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, problems, requests };
}

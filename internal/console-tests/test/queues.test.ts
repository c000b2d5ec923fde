import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "@appenv/client/tasks";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { runPost } from "../src/post.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

const place = "/v2/domain/development/project/flytesnacks";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;
let running: Run;
let waiting: Run;

const open = (path: string, options = {}) => openPage(browser, platform.endpoint, path, options);
const nextOf = (page: Page): Locator => page.getByRole("table", { name: "Waiting, in order" }).getByRole("row");

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-queues-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  const { endpoint } = platform;
  running = await runPost(endpoint, "acme");
  for await (const phase of running.watch()) if (phase === "RUNNING") break;
  await runPost(endpoint, "acme");
  waiting = await runPost(endpoint, "acme", { priority: 5 });
  await runPost(endpoint, "globex");
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

describe.skipIf(missingBrowser)("the pages of queues", () => {
  test("a queue is found, shows its keys and what waits in order, is paused and resumed, live", async () => {
    const { page, problems } = await open("/v2/queues?state=used");
    await page.getByRole("row", { name: /emails.*1 at once, 20 in 1 min for each input.tenant/ }).waitFor();
    await page.getByRole("link", { name: "emails" }).click();
    await page.getByRole("heading", { level: 1, name: "emails" }).waitFor();
    await expect.poll(() => nextOf(page).allTextContents()).toHaveLength(3);
    await expect.poll(() => nextOf(page).nth(1).textContent()).toContain(waiting.name);
    const acme = page.getByRole("region", { name: "Keys" }).getByRole("row", { name: /acme/ });
    expect((await acme.textContent()) ?? "").toMatch(/^acme21 of 119/);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused by").waitFor();
    await runPost(platform.endpoint, "globex", { priority: 9 });
    await expect.poll(() => nextOf(page).allTextContents()).toHaveLength(4);
    await page.getByRole("button", { name: "globex" }).click();
    await expect.poll(() => nextOf(page).allTextContents()).toHaveLength(2);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Paused by").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "post.send" }).first().click();
    await page.getByRole("link", { name: /queue emails \(3 wait\)/ }).waitFor();
    expect(problems).toEqual([]);
  });

  test("a run that waits says for what, with links to its queue and to the run that has the place", async () => {
    const { page, problems } = await open(`${place}/runs/${waiting.name}`);
    await page.getByText("It waits for a place in the queue emails, key acme: 1 of 1 run.").waitFor();
    await page.getByRole("link", { name: running.name }).waitFor();
    await page.getByRole("link", { name: "Queue", exact: true }).click();
    await page.waitForURL(`**${place}/queues/emails`);
    expect(problems).toEqual([]);
  });
});

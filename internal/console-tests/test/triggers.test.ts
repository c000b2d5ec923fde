import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Run } from "@appenv/client/tasks";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { openStall } from "../src/stall.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

const place = "/v2/domain/development/project/flytesnacks";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-console-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  await openStall(platform.endpoint);
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

describe.skipIf(missingBrowser)("triggers and tasks in the console", () => {
  test("a trigger tells its next firings, is fired at once, and switched off", async () => {
    const { page, problems } = await openPage(
      browser,
      platform.endpoint,
      `${place}/triggers/at-night?task=stall.nightly`,
    );
    const next = page.locator("section", { has: page.getByRole("heading", { name: "Next firings" }) });
    await next.locator("li").nth(4).waitFor();
    await expect.poll(() => next.locator("time").count()).toBe(5);
    await page.getByRole("button", { name: "Fire now" }).click();
    await page.waitForURL(/\/runs\/[^/]+\/actions\/a0/);
    const [, name = ""] = /runs\/([^/]+)/.exec(page.url()) ?? [];
    await (await Run.get(name, { endpoint: platform.endpoint })).wait({ throws: false });
    await page.goBack();
    await page.getByRole("table", { name: "Runs" }).getByRole("link", { name }).waitFor();
    await page.getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("not active").waitFor();
    await next.waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  });

  test("a task is started later with labels, and is shown as scheduled", async () => {
    const { page, problems } = await openPage(browser, platform.endpoint, `${place}/tasks/stall.ask`);
    await page.getByText("Time and labels").click();
    await page.getByLabel("Begins at").fill("2999-01-31T09:00");
    await page.getByLabel("Labels").fill("team=fruit");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL(/\/runs\//);
    await page.getByText("scheduled").first().waitFor();
    const [scheduled] = await Run.list({ endpoint: platform.endpoint, labels: { team: "fruit" } });
    expect(scheduled?.scheduledAt?.getFullYear()).toBe(2999);
    await scheduled?.abort();
    expect(problems).toEqual([]);
  });
});

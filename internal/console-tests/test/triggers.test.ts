import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Run, send } from "@appenv/client/tasks";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { markup } from "../src/apps/stall.ts";
import { openStall, runStall } from "../src/stall.ts";
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

  test("the firings of a span are counted before they become runs, and their backfill is listed", async () => {
    const { page, problems } = await openPage(
      browser,
      platform.endpoint,
      `${place}/triggers/at-night?task=stall.nightly`,
    );
    await page.getByRole("button", { name: "New backfill" }).click();
    const dialog = page.getByRole("dialog", { name: "Backfill at-night" });
    const start = dialog.getByRole("button", { name: "Start the runs" });
    await dialog.getByLabel("From").fill("2026-01-01T00:00");
    await dialog.getByLabel(/^To/).fill("2025-01-01T00:00");
    await dialog.getByText("A backfill goes from a time to a later one").waitFor();
    expect(await start.isDisabled()).toBe(true);
    await dialog.getByLabel(/^To/).fill("2026-01-04T00:00");
    await dialog.getByText("3 firings.").waitFor();
    expect(await Run.list({ endpoint: platform.endpoint, labels: { "appenv.dev/backfill": "1" } })).toEqual([]);
    await dialog.getByLabel("Runs at once").fill("2");
    await start.click();
    const row = page.getByRole("region", { name: "Backfills" }).getByRole("row", { name: /3 of 3/ });
    await row.getByText("succeeded").waitFor();
    await row.getByRole("link").click();
    await page.waitForURL(/backfill%3D1/);
    await expect.poll(() => page.locator(".table-row").count()).toBe(3);
    // The browser tells of the span that was refused.
    expect(problems.filter((problem) => !problem.includes("status of 400"))).toEqual([]);
  });

  test("events that are kept are listed, and the runs that wait for one until it is sent", async () => {
    const { endpoint } = platform;
    const run = await runStall(endpoint, "restock", { fruit: "pear" });
    await send("crates-came", { crates: 3, note: markup }, { endpoint, key: "fig" });
    const { page, problems } = await openPage(browser, endpoint, "/v2/triggers");
    await page.getByRole("link", { name: "Events" }).click();
    const waits = page.getByRole("region", { name: "Waited for" });
    await waits
      .getByRole("row", { name: /crates-came pear/ })
      .getByRole("link", { name: run.name })
      .waitFor();
    const sent = page.getByRole("region", { name: "Sent events" });
    await sent
      .getByRole("row", { name: /crates-came fig .*api-key:/ })
      .getByText('"note":"<img')
      .waitFor();
    expect(await page.evaluate("globalThis.hacked")).toBeUndefined();
    await send("crates-came", "all of them", { endpoint, key: "pear" });
    await sent.getByRole("row", { name: /crates-came pear .*all of them/ }).waitFor();
    await page.getByText("No run waits for an event.").waitFor();
    expect(await run.outputs()).toBe("all of them");
    await page.getByLabel("Name contains").fill("fig");
    await sent.getByRole("row", { name: /pear/ }).waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  });
});

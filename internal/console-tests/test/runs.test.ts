import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "@appenv/client/tasks";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from "../src/browser.ts";
import { runStall } from "../src/stall.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-runs-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  const runs: Promise<Run>[] = [];
  for (let count = 0; count < 60; count += 1) {
    runs.push(runStall(platform.endpoint, "weigh", { fruit: "pear" }, { part: String(count % 2) }));
  }
  await Promise.all((await Promise.all(runs)).map((run) => run.wait()));
  const failed = await runStall(platform.endpoint, "sell", { fruits: ["stone"], customer: "Ada" });
  await failed.wait({ throws: false });
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

const open = (path: string, options = {}): Promise<WatchedPage> => openPage(browser, platform.endpoint, path, options);
const rows = (page: Page) => page.locator(".table-row");

/** Answers the question that is asked, and waits until it is gone. */
async function answer(page: Page, title: string, yes: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.getByRole("button", { name: yes }).press("Enter");
  await dialog.waitFor({ state: "detached" });
}

describe.skipIf(missingBrowser)("the list of runs", () => {
  test("is filtered by name or error, label and time, all in the URL", async () => {
    const { page, problems } = await open("/v2/runs?text=a%20stone%20is");
    await rows(page).getByText("a stone is no fruit").waitFor();
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel("Name or error contains").fill("");
    await page.waitForURL((url) => !url.search.includes("text"));
    await page.getByText("More filters").click();
    await page.getByLabel("Label, KEY=VALUE").fill("part=1");
    await page.waitForURL(/label=part%3D1/);
    await rows(page).getByText("part=0").first().waitFor({ state: "detached" });
    await page.getByLabel("Created before").fill("2020-01-01T00:00");
    await page.getByText("No run meets these filters.").waitFor();
    await page.reload();
    await page.getByText("No run meets these filters.").waitFor();
    await expect.poll(() => page.getByLabel("Label, KEY=VALUE").inputValue()).toBe("part=1");
    expect(problems).toEqual([]);
  });

  test("keeps the columns and the views that one has picked", async () => {
    const { page, problems } = await open("/v2/runs?label=part%3D1");
    await rows(page).first().waitFor();
    await page.getByText("Columns", { exact: true }).click();
    await page.getByLabel("Labels").uncheck();
    await page.getByLabel("Trigger", { exact: true }).first().check();
    await page.getByText("Views", { exact: true }).click();
    await page.getByLabel("Name of the view").fill("odd ones");
    await page.keyboard.press("Enter");
    await page.getByText("View: odd ones").waitFor();
    await page.goto(`${platform.endpoint}/v2/runs`);
    await rows(page).first().waitFor();
    const heads = await page.locator(".table-head [role=columnheader]").allInnerTexts();
    expect(heads.map((text) => text.trim()).filter(Boolean)).toEqual([
      "Phase",
      "Run",
      "Task",
      "Trigger",
      "Error",
      "Started",
      "Took",
    ]);
    await page.getByText("Views", { exact: true }).click();
    await page.getByRole("button", { name: "odd ones", exact: true }).click();
    await page.waitForURL(/label=part%3D1/);
    expect(problems).toEqual([]);
  });

  test("does not move under somebody who reads: new runs are counted until one goes there", async () => {
    const { page, problems } = await open("/v2/runs");
    await rows(page).first().waitFor();
    const list = page.locator(".table-body");
    await list.evaluate((element) => (element.scrollTop = 400));
    const run = await runStall(platform.endpoint, "weigh", { fruit: "fig" });
    await page.getByRole("button", { name: "1 new" }).click();
    await rows(page).getByText(run.name).waitFor();
    const other = await runStall(platform.endpoint, "weigh", { fruit: "fig" });
    await rows(page).getByText(other.name).waitFor();
    expect(problems).toEqual([]);
  });

  test("aborts, reruns and deletes the runs that are chosen, also a range, and all that match", async () => {
    const asked = await runStall(platform.endpoint, "ask", {}, { bulk: "1" });
    const { page, problems } = await open("/v2/runs?label=bulk%3D1");
    await page.getByRole("checkbox", { name: `Choose ${asked.name}` }).click();
    await page.getByRole("button", { name: "Abort 1" }).click();
    await answer(page, "Abort one run?", "Abort");
    expect(await asked.wait({ throws: false })).toBe("ABORTED");
    const aborted = rows(page).locator(".phase", { hasText: "aborted" });
    await aborted.waitFor();
    await page.getByRole("button", { name: "Rerun all that match" }).click();
    await answer(page, "Rerun one run?", "Rerun");
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.getByRole("button", { name: "Abort all that match" }).click();
    await answer(page, "Abort one run?", "Abort");
    await aborted.nth(1).waitFor();

    await page.goto(`${platform.endpoint}/v2/runs?label=part%3D0`);
    await rows(page).nth(5).waitFor();
    const boxes = rows(page).getByRole("checkbox");
    await boxes.nth(0).click();
    await boxes.nth(3).click({ modifiers: ["Shift"] });
    await page.getByRole("button", { name: "Delete 4" }).click();
    await answer(page, "Delete 4 runs?", "Delete");
    await page.getByText("4 of 4 runs deleted.").waitFor();
    await page.getByRole("button", { name: "Delete all that match" }).click();
    await answer(page, "Delete 26 runs?", "Delete");
    await page.getByText("No run meets these filters.").waitFor();
    expect(problems).toEqual([]);
  });

  test("draws the runs of the last day by the hour, and an hour is a filter", async () => {
    const { page, problems } = await open("/v2/runs");
    const chart = page.getByRole("group", { name: /^Runs of the last day by the hour: \d+ succeeded/ });
    await chart.waitFor();
    await chart
      .getByRole("button", { name: /succeeded/ })
      .last()
      .click();
    await page.waitForURL(/from=.*to=/);
    await rows(page).first().waitFor();
    expect(problems).toEqual([]);
  });
});

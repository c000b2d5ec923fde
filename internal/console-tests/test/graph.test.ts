import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import { run } from "@appenv/client/tasks";
import type { AppEnvironment, TaskFunction } from "@appenv/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;
let office: Awaited<ReturnType<typeof loadEnvironments>>;

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-graph-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  office = await loadEnvironments(fileURLToPath(new URL("../src/apps/office.ts", import.meta.url)));
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

/** Serves an app of the office as its desk. */
async function openDesk(name: string): Promise<void> {
  const { endpoint } = platform;
  await serve(office.environments.get(name) as AppEnvironment, { endpoint, name: "desk" });
}

const rowsOf = (page: Page) => async (): Promise<string[]> => {
  const rows = await page.locator("tbody tr").allInnerTexts();
  return rows.map((text) => text.replaceAll(/\s+/g, " ").replace(/ [\d. ]+$/, ""));
};

describe.skipIf(missingBrowser)("the graph", () => {
  test("shows what apps and tasks depend on before any call, after a restart too, and no more once a revision drops it", async () => {
    await openDesk("desk");
    await platform.kill();
    platform = await startPlatformProcess(home ?? "");
    const { page, problems } = await openPage(browser, platform.endpoint, "/v2/graph");
    const graph = page.getByRole("group", { name: /^Graph/ });
    await graph.getByRole("link", { name: "environment archive" }).waitFor();
    await expect.poll(() => graph.locator(".graph-box").count()).toBe(2);
    await expect.poll(() => graph.locator(".graph-edge:not(.calls)").count()).toBe(2);
    await page.getByRole("button", { name: "Table" }).click();
    const declared = "app desk environment office depends on it";
    await expect.poll(rowsOf(page)).toEqual([declared, "environment office environment archive depends on it"]);
    // A call says more than the dependency between the environments of the two.
    await (await run(office.tasks.get("file") as TaskFunction, { title: "a" }, { endpoint: platform.endpoint })).wait();
    await expect.poll(rowsOf(page)).toEqual([declared, "task office.file task archive.store depends on it, calls it"]);
    await openDesk("alone");
    await expect
      .poll(rowsOf(page))
      .toEqual([
        "task office.file task archive.store depends on it, calls it",
        "app desk depends on nothing here, and nothing depends on it",
      ]);
    await page.getByRole("button", { name: "Graph", exact: true }).click();
    await graph.getByRole("link", { name: "environment archive" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "archive.find" }).waitFor();
    expect(await page.getByRole("link", { name: "office." }).count()).toBe(0);
    expect(problems).toEqual([]);
  });
});

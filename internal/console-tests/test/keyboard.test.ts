import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiKeys } from "@appenv/client";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from "../src/browser.ts";
import { hasFocus, openAndLeave, pressAt, tabTo, typeInto } from "../src/keyboard.ts";
import { openMarket } from "../src/market.ts";
import { openStall, runStall } from "../src/stall.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

const place = "/v2/domain/development/project/flytesnacks";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-keyboard-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  await openStall(platform.endpoint);
  await openMarket(platform.endpoint, "at nine");
  await openMarket(platform.endpoint, "at ten");
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

const open = (path: string): Promise<WatchedPage> => openPage(browser, platform.endpoint, path);
const button = (of: Page | Locator, name: string | RegExp): Locator => of.getByRole("button", { name, exact: true });
const head = (page: Page): Locator => page.locator("main h1");

/** Waits until an element has the focus, as after something has closed or gone. */
async function focused(element: Locator): Promise<void> {
  await expect.poll(() => hasFocus(element)).toBe(true);
}

/** Answers the question that is asked, with the button that has the focus. */
async function agree(page: Page, title: string, yes: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await focused(button(dialog, yes));
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
}

describe.skipIf(missingBrowser)("by keyboard alone", () => {
  test("one goes to anything, and sees the keys", async () => {
    const { page, problems } = await open("/v2/tasks");
    const link = page.getByRole("link", { name: "stall.weigh" });
    await openAndLeave(page, link, () => page.keyboard.press("Control+k"), "Go to");
    await openAndLeave(page, link, () => page.keyboard.press("?"), "Keys");
    await openAndLeave(page, button(page, "Keys"), () => page.keyboard.press("Enter"), "Keys");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("task sell");
    await page.getByRole("option", { name: /stall\.sell/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "stall.sell" }).waitFor();
    await focused(head(page));
    expect(problems).toEqual([]);
  });

  test("a dialog that was just closed opens again", async () => {
    const { page, problems } = await open("/v2/keys");
    await tabTo(page, button(page, "New key"));
    for (let time = 0; time < 5; time += 1) {
      for (const key of ["Enter", "Escape", "Enter"]) await page.keyboard.press(key);
      await page.getByRole("dialog", { name: "New API key" }).waitFor();
      await page.keyboard.press("Escape");
    }
    expect(problems).toEqual([]);
  });

  test("a run is started from a form, read, and rerun with other inputs", async () => {
    const { page, problems } = await open(`${place}/tasks/stall.sell`);
    await typeInto(page, page.getByLabel(/^fruits/), '["stone", "pear"]');
    await pressAt(page, page.getByText("Time and labels"));
    await typeInto(page, page.getByLabel("Labels"), "team=fruit");
    await pressAt(page, button(page, "Start"));
    await page.waitForURL(/\/runs\//);
    await page.locator(".facts").first().getByText("failed").waitFor();
    await focused(head(page));
    const tree = page.getByRole("tree");
    await tabTo(page, tree);
    await page.keyboard.press("ArrowUp");
    await page.locator("[role=treeitem][aria-selected=true]", { hasText: "sell" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("[role=treeitem][aria-selected=true]", { hasText: "weigh" }).first().waitFor();
    await focused(tree);
    const again = button(page, "Rerun from here");
    await openAndLeave(page, again, () => page.keyboard.press("Enter"), /^Rerun from/);
    await openAndLeave(page, tree, () => page.keyboard.press("r"), /^Rerun r/);
    await pressAt(page, again);
    const dialog = page.getByRole("dialog");
    await typeInto(page, dialog.getByLabel(/^fruit/), "plum");
    const before = page.url();
    await pressAt(page, button(dialog, "Rerun from here"));
    await page.waitForURL((url) => url.pathname.includes("/runs/") && url.href !== before);
    await page.locator(".facts").first().getByText("succeeded").waitFor();
    await focused(head(page));
    expect(problems).toEqual([]);
  });

  test("a question is answered, with a form too", async () => {
    const asking = await runStall(platform.endpoint, "ask", {});
    const { page, problems } = await open("/");
    const question = page.getByRole("region", { name: "It waits for an answer" });
    await pressAt(page, button(question, "Yes"), "Space");
    expect(await asking.outputs()).toBe("sold");
    await question.waitFor({ state: "detached" });
    await focused(head(page));
    const haggling = await runStall(platform.endpoint, "haggle", {});
    await page.goto(`${platform.endpoint}${place}/runs/${haggling.name}`);
    await typeInto(page, question.getByLabel("price"), "8.5");
    await pressAt(page, question.getByLabel("agreed"), "t");
    await pressAt(page, button(question, "Send"));
    expect(await haggling.outputs()).toBe("true 8.5 no nothing");
    await question.waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate("document.activeElement === document.body")).toBe(false);
    expect(problems).toEqual([]);
  });

  test("many runs are aborted, rerun and deleted", async () => {
    const asked = await runStall(platform.endpoint, "ask", {}, { bulk: "1" });
    const { page, problems } = await open("/v2/runs?label=bulk%3D1");
    const list = page.getByRole("rowgroup", { name: "Runs" });
    await pressAt(page, page.getByRole("checkbox", { name: `Choose ${asked.name}` }), "Space");
    const abort = button(page, "Abort 1");
    await tabTo(page, abort, "Shift+Tab");
    await openAndLeave(page, abort, () => page.keyboard.press("Enter"), "Abort one run?");
    await page.keyboard.press("Enter");
    await agree(page, "Abort one run?", "Abort");
    expect(await asked.wait({ throws: false })).toBe("ABORTED");
    await page.getByText("1 of one run aborted.").waitFor();
    await focused(head(page));
    await pressAt(page, button(page, "Rerun all that match"));
    await agree(page, "Rerun one run?", "Rerun");
    await expect.poll(() => page.locator(".table-row").count()).toBe(2);
    await pressAt(page, button(page, "Abort all that match"));
    await agree(page, "Abort one run?", "Abort");
    await list.locator(".phase", { hasText: "aborted" }).nth(1).waitFor();
    await pressAt(page, button(page, "Delete all that match"));
    await agree(page, "Delete 2 runs?", "Delete");
    await page.getByText("No run meets these filters.").waitFor();
    await focused(head(page));
    expect(problems).toEqual([]);
  });

  test("columns are picked and views are saved, in menus that Esc closes", async () => {
    const { page, problems } = await open("/v2/runs?phase=failed");
    const columns = page.getByText("Columns", { exact: true });
    await pressAt(page, columns);
    await pressAt(page, page.getByLabel("Labels"), "Space");
    await page.locator(".table-head", { hasText: "Labels" }).waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await focused(columns);
    await expect.poll(() => page.getByLabel("Labels").isVisible()).toBe(false);
    await pressAt(page, page.getByText("Views", { exact: true }));
    await typeInto(page, page.getByLabel("Name of the view"), "bad ones");
    await page.keyboard.press("Enter");
    const views = page.getByText("View: bad ones", { exact: true });
    await views.waitFor();
    await pressAt(page, button(page, "Forget the view bad ones"), "Enter", true);
    await focused(page.getByText("Views", { exact: true }));
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByLabel("Name of the view").isVisible()).toBe(false);
    // A menu lies over the page: it goes when one walks on.
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("rowgroup", { name: "Runs" }));
    await expect.poll(() => page.getByLabel("Name of the view").isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });

  test("an app gets weights, goes back to a revision, is stopped and started", async () => {
    const { page, problems } = await open(`${place}/apps/market`);
    const revisions = page.getByRole("region", { name: "Revisions" });
    const weights = button(page, "Set weights");
    await openAndLeave(page, weights, () => page.keyboard.press("Enter"), "Weights");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Weights" });
    await typeInto(page, dialog.getByLabel("Revision 2"), "70");
    await typeInto(page, dialog.getByLabel("Revision 1"), "30");
    await page.keyboard.press("Enter");
    await revisions.getByRole("cell", { name: "70 %", exact: true }).waitFor();
    await focused(weights);
    await pressAt(page, button(revisions, "Use it (revision 1)"));
    await agree(page, "Go back to revision 1?", "Go back");
    await revisions.getByRole("cell", { name: "100 %", exact: true }).waitFor();
    await focused(revisions);
    const stop = button(page, "Deactivate");
    await openAndLeave(page, stop, () => page.keyboard.press("Enter"), "Deactivate market?");
    await page.keyboard.press("Enter");
    await agree(page, "Deactivate market?", "Deactivate");
    await page.locator(".facts").getByText("stopped").waitFor();
    await pressAt(page, button(page, "Activate"), "Space");
    await page.locator(".facts").getByText("active").waitFor();
    expect(problems).toEqual([]);
  });

  test("keys and secrets are made and go", async () => {
    const { page, problems } = await open("/v2/keys");
    const make = button(page, "New key");
    await openAndLeave(page, make, () => page.keyboard.press("Enter"), "New API key");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await typeInto(page, dialog.getByLabel("Name"), "baker");
    await page.keyboard.press("Enter");
    await dialog.locator(".new-key").waitFor();
    await focused(button(dialog, "Copy the command"));
    await page.keyboard.press("Escape");
    await focused(make);
    await pressAt(page, button(page, "Revoke baker"));
    await agree(page, "Revoke the key baker?", "Revoke it");
    await page.getByRole("row", { name: /baker/ }).waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate("document.activeElement === document.body")).toBe(false);
    expect(await ApiKeys.list({ endpoint: platform.endpoint })).toEqual([]);
    await openAndLeave(page, button(page, "New secret"), () => page.keyboard.press("Enter"), "New secret");
    await page.keyboard.press("Enter");
    await typeInto(page, dialog.getByLabel("Name"), "cellar");
    await typeInto(page, dialog.getByLabel("Value"), "open-sesame");
    await pressAt(page, button(dialog, "Store it"));
    await focused(button(page, "New secret"));
    await pressAt(page, button(page, "Delete cellar"));
    await agree(page, "Delete the secret cellar?", "Delete it");
    await page.getByRole("row", { name: /cellar/ }).waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  });
});

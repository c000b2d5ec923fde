import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signal, type Run } from "@appenv/client/tasks";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";
import { runNarrator } from "../src/narrator.ts";
import { runWorkshop } from "../src/workshop.ts";

const place = "/v2/domain/development/project/flytesnacks/runs";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;
let failed: Run;

const start = (name: string, inputs: object): Promise<Run> => runWorkshop(platform.endpoint, name, inputs);
const open = (run: Run) => openPage(browser, platform.endpoint, `${place}/${run.name}`);
const inspector = (page: Page): Locator => page.getByRole("region", { name: "The chosen action" });
/** The rows in sight: the sign's words, and the label. */
const rowsOf = (page: Page): Promise<string[]> =>
  page.getByRole("treeitem").evaluateAll((rows) =>
    rows.map((row) => {
      const words = row.querySelector(".sign")?.getAttribute("aria-label") ?? "";
      return `${words}: ${row.querySelector(".tree-label")?.textContent ?? ""}`;
    }),
  );

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-run-page-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  failed = await start("deliver", { things: ["brick", "feather"] });
  await failed.wait({ throws: false });
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

describe.skipIf(missingBrowser)("the page of a run", () => {
  test("a run is rerun from the action that failed, with other inputs, and what came before is kept", async () => {
    const { page, problems } = await open(failed);
    await inspector(page).getByRole("heading", { level: 2, name: "pack#2" }).waitFor();
    await inspector(page).getByText("nothing weighs 0 g").first().waitFor();
    await inspector(page).getByText("workshop.ts:").first().waitFor();
    await inspector(page).getByRole("button", { name: "Rerun from here" }).click();
    const grams = page.getByRole("dialog").getByLabel("grams");
    await expect.poll(() => grams.inputValue()).toBe("0");
    await grams.fill("7");
    await page.getByRole("dialog").getByRole("button", { name: "Rerun from here" }).click();
    await page.waitForURL((url) => !url.pathname.includes(failed.name));
    await page.locator(".facts").first().getByText("succeeded").waitFor();
    await inspector(page).getByText("sent: parcel of 7 g").waitFor();
    const expected = ["recovered: addressed", "recovered: weigh#1", "recovered: weigh#2", "recovered: pack#1"];
    await expect
      .poll(() => rowsOf(page))
      .toEqual(["succeeded: deliver", ...expected, "succeeded: pack#2", "succeeded: send"]);
    await page.getByRole("treeitem", { name: /pack#1/ }).click();
    await inspector(page).getByText("kept from").getByRole("link", { name: failed.name }).waitFor();
    await page.locator(".facts").first().getByText("from an action on").waitFor();
    expect(problems).toEqual([]);
  });

  test("a run is recovered: what succeeded is kept, and what failed runs again", async () => {
    const { page, problems } = await open(failed);
    await inspector(page).getByText("RangeError").first().waitFor();
    await page.keyboard.press("r");
    await page.getByRole("button", { name: "Recover: keep what succeeded" }).click();
    await page.waitForURL((url) => !url.pathname.includes(failed.name));
    await page.locator(".facts").first().getByText("failed").waitFor();
    await page.locator(".facts").first().getByText("recovers").waitFor();
    await expect.poll(async () => (await rowsOf(page)).at(-1)).toBe("failed: pack#2");
    expect((await rowsOf(page)).filter((row) => row.startsWith("recovered"))).toHaveLength(4);
    await inspector(page).getByRole("button", { name: "pack#2" }).click();
    await inspector(page).getByRole("heading", { level: 2, name: "pack#2" }).waitFor();
    expect(problems).toEqual([]);
  });

  test("errors alone, failures first and the next error are a key away", async () => {
    const { page, problems } = await open(failed);
    await inspector(page).getByText("RangeError").first().waitFor();
    await page.keyboard.press("e");
    await expect.poll(() => rowsOf(page)).toEqual(["failed: deliver", "failed: pack#2"]);
    await page.keyboard.press("e");
    await page.keyboard.press("f");
    await expect.poll(async () => (await rowsOf(page))[1]).toBe("failed: pack#2");
    await page.keyboard.press("n");
    await inspector(page).getByRole("heading", { level: 2, name: "deliver" }).waitFor();
    await inspector(page).getByRole("heading", { level: 3, name: "Failed below" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => rowsOf(page)).toEqual(["failed: deliver"]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("/");
    await page.keyboard.type("weigh#2");
    await expect.poll(() => rowsOf(page)).toEqual(["failed: deliver", "succeeded: weigh#2"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByText("hide the time in which nothing runs").waitFor();
    expect(problems).toEqual([]);
  });

  test("the timeline zooms by keys and by the pointer, and hides the time in which nothing ran", async () => {
    const run = await start("pause", { ms: 400 });
    await run.wait();
    const { page, problems } = await open(run);
    const brush = page.getByRole("slider");
    const shown = (): Promise<string | null> => brush.getAttribute("aria-valuetext");
    await page.getByRole("treeitem").nth(2).waitFor();
    const all = await shown();
    expect(all).toMatch(/^from 0 ms to (\d+ ms|[\d.]+ s) of \1$/);
    await page.keyboard.press("i");
    await page.locator(".tree .gap").first().waitFor();
    await expect
      .poll(() => page.locator(".tree .gap").first().getAttribute("title"))
      .toMatch(/^nothing ran for \d+ ms$/);
    await page.keyboard.press("i");
    await page.locator(".tree .gap").first().waitFor({ state: "detached" });
    await brush.focus();
    await page.keyboard.press("+");
    await expect.poll(shown).not.toBe(all);
    await page.keyboard.press("0");
    await expect.poll(shown).toBe(all);
    const box = await brush.boundingBox();
    if (box === null) throw new Error("there is no brush");
    await page.mouse.move(box.x + box.width * 0.25, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 10, { steps: 3 });
    await page.mouse.up();
    expect(Number(await brush.getAttribute("aria-valuenow"))).toBeCloseTo(25, -1);
    await brush.dblclick();
    await expect.poll(shown).toBe(all);
    await page.getByRole("treeitem").nth(1).click();
    await page.keyboard.press("z");
    await expect.poll(shown).toMatch(/ to \d+ ms of /);
    expect(problems).toEqual([]);
  });

  test("the page says what an action waits for, and shows the time it waited apart from the time it ran", async () => {
    const first = await start("hold", {});
    await expect.poll(async () => (await first.action("a0")).phase).toBe("RUNNING");
    const second = await start("hold", {});
    const { page, problems } = await open(second);
    await inspector(page).getByText("The concurrency of its environment is reached: 1.").waitFor();
    await first.abort();
    await page.locator(".facts").first().getByText("running").waitFor();
    await page.locator(".bar.queue[title^=queued]").waitFor();
    await second.abort();
    await page.locator(".facts").first().getByText("aborted").waitFor();
    await page.reload();
    await page.locator(".tree .bar.queue[title^=queued]").waitFor();
    expect(problems).toEqual([]);
  });

  test("the streams of a run are read as they are written, and its progress is shown", async () => {
    const story = await runNarrator(platform.endpoint, 3_000);
    const { page, problems } = await open(story);
    const part = inspector(page);
    // The page opens at the question.
    await page.getByRole("treeitem", { name: /narrate/ }).click();
    await part.getByText("1 of 2: told the first part").waitFor();
    await part.getByText('"hero": "a pear"').waitFor();
    await part.getByRole("button", { name: "Streams" }).click();
    await part.getByText('{"lines":3000}').waitFor();
    await part.getByRole("button", { name: "story" }).click();
    await part.getByText("line 3000 <img").waitFor();
    await expect.poll(() => part.locator(".window-row").count()).toBeLessThan(200);
    await signal(story.name, "more", true, { endpoint: platform.endpoint });
    await part.getByText("the end").waitFor();
    await part.getByText("3001 lines").waitFor();
    await part.getByRole("button", { name: "Details" }).click();
    await part.getByText("2 of 2: told all").waitFor();
    expect(problems).toEqual([]);
  });

  test("j and k go through the runs of the list that one came from", async () => {
    const [older, between, newer] = [
      await start("deliver", { things: ["feather"] }),
      await start("tiny", { x: 1 }),
      await start("deliver", { things: ["feather"] }),
    ];
    for (const run of [older, between, newer]) await run.wait({ throws: false });
    const { page, problems } = await openPage(browser, platform.endpoint, "/v2/runs?phase=failed");
    await page.getByRole("link", { name: newer.name }).click();
    await page.getByRole("heading", { level: 1, name: newer.name }).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { level: 1, name: older.name }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("heading", { level: 1, name: newer.name }).waitFor();
    await page.keyboard.press("k");
    await page.getByText("This is the first run of the list.").waitFor();
    expect(problems).toEqual([]);
  });

  test("a run of thousands of actions and a value of megabytes make no more elements than are in sight", async () => {
    const many = await start("many", { count: 3_000 });
    const { page, problems } = await open(many);
    await page.getByPlaceholder("Find among 3001 actions").waitFor();
    await page.locator(".facts").first().getByText("succeeded").waitFor();
    await expect.poll(() => page.getByRole("treeitem").count()).toBeLessThan(80);
    await page.getByPlaceholder("Find among 3001 actions").fill("tiny#2999");
    await expect.poll(() => rowsOf(page)).toEqual(["succeeded: many", "succeeded: tiny#2999"]);
    const large = await start("large", {});
    await large.wait();
    await page.goto(`${platform.endpoint}${place}/${large.name}`);
    await page.getByRole("button", { name: /^Show all \d{4} KB/ }).click();
    const text = page.getByRole("document", { name: "the outputs" });
    await text.getByText("[U+202E]").first().waitFor();
    await expect.poll(() => text.locator(".long-row").count()).toBeLessThan(80);
    await expect.poll(() => text.innerText()).toContain("<img src=x onerror=");
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
    expect(problems).toEqual([]);
  });
});

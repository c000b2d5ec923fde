import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { markup } from "../src/apps/stall.ts";
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from "../src/browser.ts";
import { openStall, runStall } from "../src/stall.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

const place = "/v2/domain/development/project/flytesnacks";

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;
let failed: string;

/** Opens a page, and notes what goes wrong on it. */
function open(path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  return openPage(browser, platform.endpoint, path, options);
}

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-console-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  browser = await launchBrowser();
  const { endpoint } = platform;
  const app = await openStall(endpoint);
  await fetch(`${app.endpoint}/hello`);
  await (await runStall(endpoint, "sell", { fruits: ["pear", "fig"], customer: "Ada" }, { team: "fruit" })).wait();
  const run = await runStall(endpoint, "sell", { fruits: ["pear", "stone", "plum"], customer: markup });
  await run.wait({ throws: false });
  failed = `${place}/runs/${run.name}`;
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

describe.skipIf(missingBrowser)("the console", () => {
  test("the overview shows what runs, what failed and what comes next, and answers a question", async () => {
    const run = await runStall(platform.endpoint, "ask", {});
    const { page, problems } = await open("/");
    const question = page.getByRole("region", { name: "It waits for an answer" });
    await question.getByText("the last pear?").waitFor();
    await expect.poll(() => question.locator("strong").textContent()).toBe("Sell");
    expect(
      await question.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    ).toEqual(["https://example.com"]);
    await expect.poll(() => question.innerText()).toContain(markup);
    await page.getByRole("link", { name: "at-night" }).waitFor();
    await page.getByText("1 of 1").waitFor();
    await question.getByRole("button", { name: "Yes" }).click();
    expect(await run.outputs()).toBe("sold");
    await question.waitFor({ state: "detached" });
    const condition = (await run.actions()).find(({ kind }) => kind === "condition");
    await page.goto(`${run.url}/actions/${condition?.name}`);
    await page.getByText(/^Answered by user:/).waitFor();
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
    expect(problems).toEqual([]);
  });

  test("a question with a schema is answered by a form, which stays with what is wrong in it", async () => {
    const run = await runStall(platform.endpoint, "haggle", {});
    const { page, problems } = await open(`${place}/runs/${run.name}`);
    let name: string | undefined;
    const isAsked = async (): Promise<boolean> => {
      name = (await run.actions()).find(({ kind, phase }) => kind === "condition" && phase === "PAUSED")?.name;
      return name !== undefined;
    };
    await expect.poll(isAsked).toBe(true);
    await page.goto(`${run.url}/actions/${name}`);
    const question = page.getByRole("region", { name: "It waits for an answer" });
    await question.getByLabel("agreed").selectOption("true");
    await question.getByLabel("price").fill("12");
    await question.getByLabel("remark").fill(markup);
    await question.getByRole("button", { name: "Send" }).click();
    await page.getByText("price must be 9 or less, but is 12.").waitFor();
    expect(await question.getByLabel("remark").inputValue()).toBe(markup);
    await question.getByLabel("price").fill("8.5");
    await question.getByRole("button", { name: "Send" }).click();
    expect(await run.outputs()).toBe(`true 8.5 no ${markup}`);
    await page.getByText(/^Answered by user:/).waitFor();
    // The browser tells of the answer that was refused.
    expect(problems.filter((problem) => !problem.includes("status of 400"))).toEqual([]);
  });

  test("the page of a link asks with a form, on a phone and without scripts", async () => {
    const run = await runStall(platform.endpoint, "haggle", {});
    let action: string | undefined;
    const isAsked = async (): Promise<boolean> => {
      action = (await run.actions()).find(({ kind, phase }) => kind === "condition" && phase === "PAUSED")?.name;
      return action !== undefined;
    };
    await expect.poll(isAsked).toBe(true);
    const { link = "" } = (await run.waitingCondition(action ?? "")) ?? {};
    const context = await browser.newContext({ viewport: { width: 360, height: 640 }, javaScriptEnabled: false });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(link);
    expect(await page.locator("html").evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(360);
    await page.getByRole("group", { name: "agreed" }).getByLabel("No").check();
    await page.getByLabel("price").fill("3");
    await page.getByLabel("bag").selectOption("paper");
    await page.getByLabel("remark").fill("two\nlines");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    expect(await run.outputs()).toBe("false 3 paper two\nlines");
  });

  test("a failed run opens at its first error, and is read and rerun by keys", async () => {
    const { page, problems } = await open(failed);
    const inspector = page.getByRole("region", { name: "The chosen action" });
    await inspector.getByText("RangeError").first().waitFor();
    for (const text of [`a stone is no fruit ${markup}`, "stall.ts:", '"fruit": "stone"']) {
      await expect.poll(() => inspector.innerText()).toContain(text);
    }
    await expect.poll(() => inspector.locator("tbody > tr").count()).toBe(3);
    await inspector.getByRole("button", { name: "Log" }).click();
    const log = page.getByRole("log");
    await log.getByText("attempt 2 weighs stone").waitFor();
    await expect.poll(() => log.getByRole("separator").allInnerTexts()).toEqual(["Attempt 1", "Attempt 2"]);
    await expect.poll(() => log.innerText()).toContain("stone green [U+202E]revo");
    const first = await page.getByRole("treeitem", { selected: true }).getAttribute("id");
    await page.keyboard.press("n");
    await page.locator(`[role=treeitem][aria-selected=true]:not([id="${first}"])`).waitFor();
    await expect.poll(() => inspector.getByRole("heading", { level: 2 }).innerText()).toBe("sell");
    await page.keyboard.press("ArrowLeft");
    await page.locator("[role=treeitem]").nth(1).waitFor({ state: "detached" });
    await page.keyboard.press("r");
    const dialog = page.getByRole("dialog");
    const fruits = dialog.getByLabel("fruits");
    await expect.poll(async () => JSON.parse(await fruits.inputValue()) as unknown).toEqual(["pear", "stone", "plum"]);
    await expect.poll(() => dialog.getByLabel("customer").inputValue()).toBe(markup);
    await fruits.fill('["pear"]');
    await dialog.getByRole("button", { name: "Rerun" }).press("Enter");
    await page.waitForURL((url) => !url.pathname.includes(failed));
    await page.locator(".facts").first().getByText("succeeded").waitFor();
    await page.getByRole("link", { name: failed.split("/").at(-1) ?? "" }).waitFor();
    await page.getByRole("button", { name: "Report" }).click();
    const report = page.frameLocator("iframe[title=Report]");
    await report.getByRole("heading", { name: "Sold" }).waitFor();
    await expect.poll(() => report.locator("body").innerText()).toContain("scripted");
    expect(problems.filter((problem) => !problem.includes("sandbox"))).toEqual([]);
  });

  test("a form takes times and files, which are uploaded", async () => {
    const { page, problems } = await open(`${place}/tasks/stall.read`);
    const letter = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear customer") };
    await page.getByLabel("Choose a file to upload").setInputFiles(letter);
    await expect.poll(() => page.getByLabel(/^letter/).inputValue()).toContain("letter.txt");
    await page.getByLabel(/^sent/).fill("2026-01-02T03:04:05");
    await page.getByRole("button", { name: "Start" }).click();
    const sent = new Date("2026-01-02T03:04:05").toISOString();
    await page.getByLabel("the outputs").getByText(`Dear customer ${sent}`).waitFor();
    expect(problems).toEqual([]);
  });

  test("a form from a task's schema starts a run, and filters of runs are in the URL", async () => {
    const { page, problems } = await open(`${place}/tasks/stall.weigh`);
    await page.getByLabel("fruit string").fill("melon");
    await expect.poll(() => page.getByLabel(/^grams/).inputValue()).toBe("100");
    await page.getByLabel(/^grams/).fill("1500");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByLabel("the outputs").getByText("1500").waitFor();
    await page.goto(`${platform.endpoint}/v2/runs?phase=failed`);
    const rows = page.locator(".table-row");
    await rows.getByText("failed").first().waitFor();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole("button", { name: "All", exact: true }).click();
    const weighed = rows.getByRole("cell", { name: "stall.weigh", exact: true });
    await weighed.first().waitFor();
    await page.getByText("More filters").click();
    await page.getByLabel("Label, KEY=VALUE").fill("team=fruit");
    await page.waitForURL(/label=team%3Dfruit/);
    await expect.poll(() => weighed.count()).toBe(0);
    await page.reload();
    await rows.getByText("team=fruit").first().waitFor();
    await expect.poll(() => rows.count()).toBe(1);
    expect(problems).toEqual([]);
  });

  test("an app shows its load and its log, is deactivated and activated, and anything is found by its name", async () => {
    const { page, problems } = await open("/v2/tasks");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("app stall");
    await page.getByRole("option", { name: /stall-web/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "stall-web" }).waitFor();
    await page.getByRole("log").getByText(`asked for /hello ${markup}`).waitFor();
    await page.getByRole("img", { name: /^Requests per second: all \d/ }).waitFor();
    await page.locator(".plot canvas").nth(3).waitFor();
    await page.getByRole("button", { name: "Deactivate" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await page.locator(".facts").getByText("stopped").waitFor();
    await page.getByRole("button", { name: "Activate" }).click();
    await page.locator(".facts").getByText("active").waitFor();
    expect(problems).toEqual([]);
  });

  test("when the platform is killed the page says so, and misses nothing once it is back", async () => {
    const { page } = await open("/v2/runs");
    await page.locator(".table-row").first().waitFor();
    const before = await page.locator(".table-row").count();
    await platform.kill();
    await page.getByText("The platform does not answer.").waitFor();
    await expect.poll(() => page.locator(".table-row").count()).toBe(before);
    platform = await startPlatformProcess(home ?? "", Number(new URL(platform.endpoint).port));
    await runStall(platform.endpoint, "weigh", { fruit: "cherry" });
    await page.getByText("The platform does not answer.").waitFor({ state: "detached" });
    await expect.poll(() => page.locator(".table-row").count()).toBe(before + 1);
  });
});

describe.skipIf(missingBrowser)("a platform that asks for a key", () => {
  test("is signed in to and out of, for all tabs", async () => {
    const own = join(tempDirectory(), ".appenv");
    const strict = await startPlatformProcess(own, 0, "token");
    onTestFinished(() => strict.close());
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(strict.endpoint);
    await page.getByLabel("Key", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("no key of this platform").waitFor();
    await page.getByLabel("Key", { exact: true }).fill(readFileSync(join(own, "api-token"), "utf8").trim());
    await page.keyboard.press("Enter");
    await page.getByText("Three commands to begin with").waitFor();
    const other = await context.newPage();
    await other.goto(strict.endpoint);
    await other.getByText("appenv run FILE TASK").waitFor();
    expect(await page.evaluate("document.cookie + JSON.stringify([localStorage, sessionStorage])")).toBe("[{},{}]");
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

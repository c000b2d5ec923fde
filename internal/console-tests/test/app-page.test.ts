import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { connect } from "@appenv/client/internal";
import { AppService, toIdentifier } from "@appenv/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markup } from "../src/apps/stall.ts";
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from "../src/browser.ts";
import { openMarket } from "../src/market.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

/** Apps in the list. */
const many = 150;
const path = "/v2/domain/development/project/flytesnacks/apps/market";

let browser: Browser;
let platform: StartedPlatform;
let home: string;

function open(at: string, options: Parameters<typeof openPage>[3] = {}): Promise<WatchedPage> {
  return openPage(browser, platform.endpoint, at, options);
}

/** Has the platform ask the market, as its page does. */
async function ask(page: Page, path_: string): Promise<void> {
  await page.getByLabel("Operation").selectOption("any");
  await page.getByLabel("Path").fill(path_);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("region", { name: "Response" }).getByText("whole after").waitFor();
}

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-app-page-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home);
  await Promise.all([openMarket(platform.endpoint, "at nine"), launchBrowser().then((it) => (browser = it))]);
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

describe.skipIf(missingBrowser)("the page of an app", () => {
  test("sends the requests that its document describes, with the platform's token, and shows markup as text", async () => {
    const { page, problems } = await open(`${path}?view=requests`);
    await page.getByLabel("Operation").selectOption("POST /fruits/{stand}");
    const form = page.getByRole("form", { name: "POST /fruits/{stand}" });
    await form.getByLabel(/^stand/).fill("a/b?");
    await form.getByLabel(/^tag/).fill('["red", "big"]');
    await form.getByLabel(/^name/).fill(markup);
    await form.getByLabel(/^ripe/).selectOption("true");
    await page.getByRole("button", { name: "As curl" }).click();
    const curl = await form.getByLabel("The command", { exact: true }).innerText();
    expect(curl).toContain("/fruits/a%2Fb%3F?tag=red&tag=big'");
    expect(curl).toContain('-H "authorization: Bearer $APPENV_API_KEY"');
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const response = page.getByRole("region", { name: "Response" });
    await response.getByText("200 OK").waitFor();
    await response.getByText("whole after").waitFor();
    await expect
      .poll(async () => JSON.parse(await response.getByLabel("Body", { exact: true }).innerText()) as unknown)
      .toEqual({
        stand: "a/b?",
        tags: ["red", "big"],
        fruit: { name: markup, grams: 100, ripe: true },
      });
    await page.getByLabel("Operation").selectOption("GET /sign");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await response.getByText(`<h1>Open</h1>${markup}`).waitFor();
    await page.getByLabel("Operation").selectOption("GET /photo");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await response.getByText("5 bytes of").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      response.getByRole("button", { name: "Download" }).click(),
    ]);
    expect([...readFileSync(await download.path())]).toEqual([137, 80, 78, 71, 0]);
    await expect.poll(() => page.getByRole("link", { name: "API docs" }).getAttribute("href")).toMatch(/\/docs$/);
    expect(await page.evaluate("globalThis.hacked")).toBeUndefined();
    expect(problems).toEqual([]);
    expect(readFileSync(join(home, "logs/audit.log"), "utf8")).toContain("AppRequestService/SendRequest flytesnacks/");
  });

  test("an event stream is seen as it comes, and a socket is spoken on and closed", async () => {
    const { page, problems } = await open(`${path}?view=requests`);
    await page.getByLabel("Operation").selectOption("GET /bell");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const response = page.getByRole("region", { name: "Response" });
    await response.getByText("data: ding").waitFor();
    await response.getByText("more may come").waitFor();
    const { page: other } = await open(`${path}?view=requests`);
    await ask(other, "/ring");
    await response.getByText("data: dong").waitFor();
    await response.getByText("whole after").waitFor();

    await page.getByLabel("Operation").selectOption("socket haggle_stand");
    await page.getByLabel(/^stand/).fill("7");
    await page.getByRole("button", { name: "Connect" }).click();
    const log = page.getByRole("log", { name: "Messages" });
    await log.getByText("Open.").waitFor();
    await expect
      .poll(async () => JSON.parse(await page.getByRole("textbox", { name: "Message" }).inputValue()) as unknown)
      .toEqual({ offer: 3 });
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await log.getByText(`3 is too little ${markup}`.slice(0, 15)).waitFor();
    await expect.poll(() => log.innerText()).toContain(JSON.stringify({ answer: `3 is too little ${markup}` }));
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await log.getByText("Closed with 1000.").waitFor();
    expect(problems).toEqual([]);
  });

  test("says what became of a replica, what a revision changed, and goes back to an older one", async () => {
    await openMarket(platform.endpoint, "at ten");
    const { page, problems } = await open(`${path}?view=requests`);
    await ask(page, "/sign");
    await page.getByLabel("Path").fill("/leave");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("did not answer").waitFor();
    await page.getByRole("button", { name: "Overview" }).click();
    await page.getByText(/ended lately, 1 restart/).click();
    await page.getByText("exited with code 7").first().waitFor();
    await page.getByRole("region", { name: "Replicas", exact: true }).getByText("ready").waitFor();
    const revisions = page.getByRole("region", { name: "Revisions" });
    await revisions.getByText("envVars.OPENING changed").click();
    await expect.poll(() => revisions.locator("dd").innerText()).toBe("(hidden) (hidden)");
    expect(await page.locator("main").innerText()).not.toContain("at ten");

    await page.getByRole("button", { name: "Set weights" }).click();
    const dialog = page.getByRole("dialog", { name: "Weights" });
    await dialog.getByLabel("Revision 1").fill("60");
    await expect.poll(() => dialog.getByRole("button", { name: "Set weights" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Revision 2").fill("40");
    await dialog.getByRole("button", { name: "Set weights" }).click();
    await revisions.getByRole("cell", { name: "60 %", exact: true }).waitFor();
    await revisions.getByRole("button", { name: "Use it (revision 1)" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Go back" }).press("Enter");
    await revisions.getByRole("cell", { name: "100 %", exact: true }).waitFor();
    await page.locator(".facts").getByText("active").waitFor();
    expect(problems).toEqual([]);
  });

  test("a long log is read by level, searched beyond what is there, and read back page by page without more rows than are seen", async () => {
    const { page, problems } = await open(`${path}?view=requests`);
    await ask(page, "/talk?lines=5000");
    await page.getByRole("button", { name: "Overview" }).click();
    const log = page.getByRole("log", { name: "Log" });
    await log.getByText("line 5000 of 5000").waitFor();
    const part = page.locator(".log");
    await part.getByLabel("Level").selectOption("warn");
    await log.getByText("line 5000").waitFor({ state: "detached" });
    await expect.poll(() => log.locator(".log-text").allInnerTexts()).toEqual(["WARN few pears", "ERROR no pears"]);
    await part.getByLabel("Level").selectOption("");
    await log.getByText("line 5000 of 5000").waitFor();
    await part.getByLabel("Search in the log").fill("LINE 17 of");
    await part.getByRole("button", { name: "Search older lines" }).click();
    await log.getByText("line 17 of 5000").waitFor();
    await part.getByLabel("Search in the log").fill("");
    const seen = new Set<string>();
    await expect
      .poll(async () => {
        for (const text of await log.locator(".log-text").allInnerTexts()) seen.add(text);
        await log.evaluate((element) => element.scrollTo(0, 0));
        return seen.has("line 1 of 5000");
      })
      .toBe(true);
    await expect.poll(() => log.locator(".window-row").count()).toBeLessThan(60);
    expect(problems).toEqual([]);
  });

  test("charts reach back a week, and nothing on the page moves while they are live", async () => {
    const { page, problems } = await open(`${path}?span=hour`);
    await page.locator(".plot canvas").nth(7).waitFor();
    // All that is asked for once is there.
    await page.getByRole("region", { name: "Replicas", exact: true }).getByText("ready").waitFor();
    await page.getByRole("region", { name: "Revisions" }).getByText("100 %").first().waitFor();
    const value = page.getByRole("img", { name: /^CPU: cores/ });
    const change = async (): Promise<void> => {
      const before = await value.getAttribute("aria-label");
      await expect.poll(() => value.getAttribute("aria-label")).not.toBe(before);
    };
    // With the first second that comes live, the page has taken its shape.
    await change();
    await page.evaluate(() => {
      const moved: string[] = ((globalThis as any).moved = []);
      new PerformanceObserver((list) => {
        for (const { sources } of list.getEntries() as any[]) {
          for (const { node } of sources) moved.push(String(node?.outerHTML ?? node?.textContent).slice(0, 120));
        }
      }).observe({ type: "layout-shift" as never });
    });
    await change();
    expect(await page.evaluate("globalThis.moved")).toEqual([]);
    await page.getByRole("button", { name: "Week" }).click();
    await page.waitForURL(/span=week/);
    await page.locator(".plot canvas").nth(7).waitFor();
    expect(problems).toEqual([]);
  });

  test("many apps are listed, filtered in the URL, and only those in sight are made", async () => {
    const controlPlane = await connect({ endpoint: platform.endpoint });
    const apps = createClient(AppService, controlPlane.transport);
    const { app } = await apps.get({
      identifier: {
        case: "appId",
        value: toIdentifier({ project: "flytesnacks", domain: "development", name: "market" }),
      },
    });
    const names = Array.from({ length: many }, (_, index) => `stand-${String(index).padStart(4, "0")}`);
    const create = (name: string): Promise<unknown> => {
      const id = toIdentifier({ project: "flytesnacks", domain: "development", name });
      return apps.create({ app: { metadata: { id }, spec: { ...app!.spec!, desiredState: 1 } } });
    };
    await Promise.all(names.map(create));
    const { page, problems } = await open("/v2/apps");
    const rows = page.locator(".table-row");
    await rows.getByText("stand-0003").waitFor();
    await expect.poll(() => page.getByRole("table").getAttribute("aria-rowcount")).toBe(String(many + 2));
    await expect.poll(() => rows.count()).toBeLessThan(60);
    await page.getByLabel("Name contains").fill("STAND-01");
    await page.waitForURL(/text=STAND-01/);
    await rows.getByText("stand-0100").waitFor();
    await page.getByRole("button", { name: "Active" }).click();
    await page.getByText("No app meets these filters.").waitFor();
    await page.reload();
    await page.getByText("No app meets these filters.").waitFor();
    await page.getByLabel("Name contains").fill("");
    await rows.getByText("market").waitFor();
    await expect.poll(() => rows.count()).toBe(1);
    expect(problems).toEqual([]);
  });
});

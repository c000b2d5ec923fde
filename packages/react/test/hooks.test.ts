import { fileURLToPath } from "node:url";
import { serveExample } from "@appenv-internal/conformance";
import { systemProgram } from "@appenv-internal/test-support/system";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

// Several processes and a browser, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const { path: executablePath, missing } = systemProgram("chromium");

/** The page as one script. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    mode: "production",
    build: { write: false, rolldownOptions: { input: fileURLToPath(new URL("page/page.ts", import.meta.url)) } },
  });
  const [first] = [result].flat();
  if (first === undefined || !("output" in first)) throw new Error("Nothing was built.");
  return first.output[0].code;
}

async function shows(page: Page, id: string, text: string): Promise<void> {
  await expect.poll(() => page.textContent(`#${id}`), { timeout: 60_000 }).toBe(text);
}

describe.skipIf(missing !== undefined)("hooks in a browser", () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    [browser, script] = await Promise.all([
      chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox", "--disable-gpu"] }),
      bundle(),
    ]);
  });
  afterAll(() => browser.close());

  /** Opens the page at an app's origin. */
  async function open(endpoint: string, hash = ""): Promise<{ readonly page: Page; readonly problems: string[] }> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    const html =
      '<!doctype html><title>page</title><div id="root"></div><script type="module" src="/page.js"></script>';
    await page.route("**/page", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.route("**/page.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
    await page.goto(`${endpoint}/page${hash}`);
    return { page, problems };
  }

  test("start a task, follow its run, and read its stream on after a lost connection", async () => {
    const { endpoint } = await serveExample(new URL("fixtures/app.ts", import.meta.url), "env");
    const { page, problems } = await open(endpoint);
    await shows(page, "task", "idle");

    await page.getByText("Ask", { exact: true }).click();
    await shows(page, "text", "You asked why");
    await shows(page, "phase", "SUCCEEDED");
    await shows(page, "words", "3");
    await shows(page, "progress", '3/3 {"words":3}');
    expect([await page.textContent("#stream"), await page.textContent("#task")]).toEqual(["ended", "ended"]);

    // The attempt that failed has said something else.
    await page.getByText("Ask twice").click();
    await shows(page, "text", "You asked why again");
    await shows(page, "phase", "SUCCEEDED");
    const name = (await page.textContent("#url"))?.split("/").at(-1);

    await page.getByText("Ask nothing").click();
    await shows(page, "task", "failed");
    expect(await page.textContent("#error")).toContain("prompt");

    // A cut connection is made again behind the last event that came.
    const asked: string[] = [];
    const cut =
      'id: 3\nevent: restart\ndata: {"section":1,"replaces":0}\n\nid: 4\ndata: {"value":"You","section":1}\n\nid: 5\nda';
    const { page: other } = await open(endpoint);
    await other.route("**/streams/tokens", async (route) => {
      const last = route.request().headers()["last-event-id"];
      if (last === undefined) return route.fulfill({ contentType: "text/event-stream", body: cut });
      asked.push(last);
      return asked.length === 1 ? route.abort() : route.continue();
    });
    await other.goto("about:blank");
    await other.goto(`${endpoint}/page#/runs/${name}`);
    await shows(other, "text", "You asked why again");
    await shows(other, "status", "ended");
    await shows(other, "words", "3");
    expect(asked).toEqual(["4", "4"]);

    // Somebody else may not read it, and is not told that it is there.
    const refused = await fetch(`${endpoint}/runs/${name}`);
    expect([refused.status, await refused.json()]).toMatchObject([404, { detail: `There is no run '${name}'.` }]);
    const { page: lost } = await open(endpoint, "#/runs/nothing");
    await shows(lost, "status", "failed");
    expect(await lost.textContent("#error")).toBe("/runs/nothing answered 404.");
    expect(problems).toEqual([]);
  });
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serveExample } from "@appenv-internal/conformance";
import { systemProgram } from "@appenv-internal/test-support/system";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

// Several processes and a browser, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const { path: executablePath, missing } = systemProgram("chromium");

const html = '<!doctype html><title>page</title><div id="root"></div><script type="module" src="/page.js"></script>';

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

  /** Serves the page at an origin of its own. */
  async function servePage(): Promise<string> {
    const server = createServer(({ url }, response) => {
      const isScript = url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html").end(isScript ? script : html);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.closeAllConnections());
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A page in a browser of its own, and the errors of its script. */
  async function openPage(): Promise<{ readonly page: Page; readonly problems: string[] }> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    return { page, problems };
  }

  /** Opens the page at an app's origin. */
  async function open(endpoint: string, hash = ""): Promise<{ readonly page: Page; readonly problems: string[] }> {
    const { page, problems } = await openPage();
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

  test("follow a run of another origin with a token, which opens that run alone", async () => {
    const { endpoint } = await serveExample(new URL("fixtures/app.ts", import.meta.url), "env");
    const shared = await fetch(`${endpoint}/shared`, { method: "POST" });
    const { token, url } = (await shared.json()) as { token: string; url: string };
    const place = `${await servePage()}/page`;
    const { page, problems } = await openPage();
    await page.goto(`${place}#${new URLSearchParams({ token, url })}`);
    // The attempt that failed has said something else.
    await shows(page, "text", "You asked far again");
    await shows(page, "phase", "SUCCEEDED");
    await shows(page, "words", "3");
    await shows(page, "progress", "3/3");
    await shows(page, "status", "ended ended");

    const readSocket = (from: string): Promise<readonly unknown[]> =>
      page.evaluate(
        (address) =>
          new Promise<readonly unknown[]>((resolve) => {
            const messages: unknown[] = [];
            const socket = new WebSocket(address);
            socket.addEventListener("message", ({ data }) => messages.push(JSON.parse(String(data))));
            socket.addEventListener("close", ({ code }) => resolve([code, messages]));
          }),
        `${url.replace(/^http/, "ws")}/streams/tokens${from}`,
      );
    expect(await readSocket(`?token=${token}&from=4`)).toEqual([
      1000,
      [expect.objectContaining({ type: "value", value: "You" }), ...Array.from({ length: 3 }, () => expect.anything())],
    ]);
    expect(await readSocket("")).toEqual([1006, []]);
    // Neither the answer to a request without a token nor any other path of the platform is shown to the page.
    const isShown = (path: string, authorization?: string): Promise<boolean> =>
      page.evaluate(
        ([address, credential]) =>
          fetch(address!, credential === undefined ? {} : { headers: { authorization: credential } }).then(
            () => true,
            () => false,
          ),
        [path, authorization] as const,
      );
    const { origin } = new URL(url);
    expect([
      await isShown(url, `Bearer ${token}`),
      await isShown(url),
      await isShown(`${origin}/healthz`, `Bearer ${token}`),
      await isShown(`${origin}/v2/runs?token=${token}`),
    ]).toEqual([true, false, false, false]);

    const { page: lost } = await openPage();
    await lost.goto(`${place}#${new URLSearchParams({ token: `${token}x`, url })}`);
    await shows(lost, "status", "failed failed");
    expect(await lost.textContent("#error")).toBe(`${url} answered 401.`);
    expect(problems).toEqual([]);
  });
});

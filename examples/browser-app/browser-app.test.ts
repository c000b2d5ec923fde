import { fileURLToPath } from "node:url";
import { openPage, serveExample, systemProgram } from "@appenv-internal/conformance";
import { build } from "vite";
import { beforeAll, expect, test } from "vitest";

const file = new URL("browser-app.ts", import.meta.url);
const chromium = systemProgram("chromium");

beforeAll(async () => {
  await build({ configFile: fileURLToPath(new URL("vite.config.ts", import.meta.url)), logLevel: "warn" });
});

test("one environment serves the built page and its API", async () => {
  const { endpoint, stop } = await serveExample(file);
  const page = await fetch(endpoint);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  const asset = await fetch(`${endpoint}${script}`);
  expect(asset.status).toBe(200);
  expect(asset.headers.get("cache-control")).toContain("immutable");
  expect(await (await fetch(`${endpoint}/api/items`)).json()).toEqual([]);
  const document: any = await (await fetch(`${endpoint}/openapi.json`)).json();
  expect(Object.keys(document.paths)).toContain("/api/items");
  expect(await stop()).toBe(0);
});

test.skipIf(chromium.missing)("the page works in a browser", async () => {
  const { endpoint } = await serveExample(file);
  const { page, problems } = await openPage(chromium.path ?? "", endpoint);
  await page.getByLabel("Title").fill("Tea");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("listitem").getByText("Tea").waitFor();
  expect(await (await fetch(`${endpoint}/api/items`)).json()).toEqual([{ id: 1, title: "Tea" }]);
  await page.reload();
  await page.getByRole("listitem").getByText("Tea").waitFor();
  expect(problems).toEqual([]);
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("status").getByText("body/title").waitFor();
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiKeys, App } from "@appenv/client";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missingBrowser, openPage } from "../src/browser.ts";
import { openHouse, ring, runInHouse } from "../src/house.ts";
import { closeView } from "../src/sights.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

let browser: Browser;
let platform: StartedPlatform;
let home: string;
let porch: string;
/** Browsers that have signed in, by the role of their key. */
const signedIn: Partial<Record<"admin" | "viewer", SignedIn>> = {};

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-house-"));
  process.env["APPENV_HOME"] = home;
  platform = await startPlatformProcess(home, 0, "token");
  browser = await launchBrowser();
  const { endpoint } = platform;
  porch = await openHouse(endpoint);
  const { key } = await ApiKeys.create("looker-on", { endpoint, role: "viewer" });
  signedIn.viewer = await signIn(key);
  signedIn.admin = await signIn(readFileSync(join(home, "api-token"), "utf8").trim());
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

type SignedIn = NonNullable<BrowserContextOptions["storageState"]>;

async function signIn(key: string): Promise<SignedIn> {
  const context = await browser.newContext();
  const headers = { origin: platform.endpoint };
  const answer = await context.request.post(`${platform.endpoint}/appenv/session`, { headers, data: { key } });
  expect(answer.status()).toBe(200);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Opens a page as somebody who has signed in. */
function open(path: string, as: "admin" | "viewer" = "admin", options: BrowserContextOptions = {}) {
  const storageState = signedIn[as];
  return openPage(browser, platform.endpoint, path, { ...(storageState && { storageState }), ...options });
}

describe.skipIf(missingBrowser)("keys and secrets", () => {
  test("a key is made, shown once, used and revoked", async () => {
    const { page, problems } = await open("/v2/keys");
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog", { name: "New API key" });
    await dialog.getByLabel("Name").fill("baker");
    await dialog.getByLabel("Role").selectOption("admin");
    await dialog.getByRole("button", { name: "Make it" }).press("Enter");
    const key = (await dialog.locator(".new-key").innerText()).trim();
    expect(key).toMatch(/^aek_/);
    await dialog.getByRole("button", { name: "Copy the command" }).waitFor();
    await closeView(page);
    const row = page.getByRole("row", { name: /baker/ });
    await row.getByText("never").waitFor();
    expect(await page.content()).not.toContain(key);
    const { endpoint } = platform;
    const kitchen = await App.get("kitchen", { endpoint });
    expect(await (await fetch(kitchen.endpoint, { headers: { "x-api-key": key } })).text()).toBe("9");
    // Its replica tells of the key with its load.
    const lastUse = async () => (await ApiKeys.list({ endpoint })).find(({ name }) => name === "baker")?.lastUsedAt;
    await expect.poll(lastUse).toBeInstanceOf(Date);
    await page.reload();
    await row.locator("time").nth(1).waitFor();
    await row.getByRole("button", { name: "Revoke baker" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke it" }).click();
    await row.waitFor({ state: "detached" });
    expect((await ApiKeys.list({ endpoint: platform.endpoint })).map(({ name }) => name)).toEqual(["looker-on"]);
    expect(problems).toEqual([]);
  });

  test("a secret is stored, replaced and deleted, and its value is nowhere once it is sent", async () => {
    const { page, problems } = await open("/v2/keys");
    await page.getByRole("button", { name: "New secret" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("cellar");
    await dialog.getByLabel("Value").fill("open-sesame-1");
    await dialog.getByRole("button", { name: "Store it" }).click();
    const row = page.getByRole("row", { name: /cellar/ });
    await row.getByText("flytesnacks/development").waitFor();
    await row.getByRole("button", { name: "Replace cellar" }).click();
    await expect.poll(() => dialog.getByLabel("Value").inputValue()).toBe("");
    await dialog.getByLabel("Value").fill("open-sesame-2");
    await dialog.getByRole("button", { name: "Store it" }).click();
    await dialog.waitFor({ state: "detached" });
    const everywhere = `document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((field) => field.value)
      + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])`;
    expect(await page.evaluate(everywhere)).not.toContain("open-sesame");
    await row.getByRole("button", { name: "Delete cellar" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
    await row.waitFor({ state: "detached" });
    const oven = page.getByRole("row", { name: /oven-code/ });
    await oven.getByText("all projects").waitFor();
    await oven.getByRole("link", { name: "kitchen" }).waitFor();
    expect(problems).toEqual([]);
  });
});

describe.skipIf(missingBrowser)("a viewer", () => {
  test("is shown neither keys nor secrets, and buttons that change something say why they do not", async () => {
    const { page, problems } = await open("/v2/keys", "viewer");
    await page.getByText("shows neither keys nor secrets").waitFor();
    await expect.poll(() => page.getByRole("button", { name: "New key" }).count()).toBe(0);
    await page.goto(`${platform.endpoint}/v2/domain/development/project/flytesnacks/apps/hall`);
    const button = page.getByRole("button", { name: "Deactivate" });
    await button.waitFor();
    expect([await button.isDisabled(), await button.getAttribute("title")]).toEqual([
      true,
      "A viewer's key reads and changes nothing.",
    ]);
    expect(problems).toEqual([]);
  });
});

describe.skipIf(missingBrowser)("the graph", () => {
  test("shows who depends on whom and the calls as they happen, and leads to apps and tasks", async () => {
    const { page, problems } = await open("/v2/graph");
    const graph = page.getByRole("group", { name: /^Graph/ });
    await graph.getByRole("link", { name: "app kitchen" }).waitFor();
    await (await runInHouse(platform.endpoint, "visit", {})).wait();
    // A task to a task, a task to an app, an app to an app.
    await expect.poll(() => graph.locator(".graph-rate").count()).toBe(3);
    await page.getByRole("button", { name: "Table" }).click();
    const row = page.getByRole("row", { name: /task house.knock app hall depends on it, calls it/ });
    await row.waitFor();
    await page.getByRole("button", { name: "Graph", exact: true }).click();
    await page.getByLabel("Name contains").fill("visit");
    await graph.getByRole("link", { name: "app kitchen" }).waitFor({ state: "detached" });
    await graph.getByRole("link", { name: "task house.knock" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "house.knock" }).waitFor();
    await page.goBack();
    expect(new URL(page.url()).search).toBe("?text=visit");
    expect(problems).toEqual([]);
  });
});

describe.skipIf(missingBrowser)("webhooks", () => {
  test("a delivery comes in as it is answered, leads to its run, and is replayed as a new run; a forged one is not", async () => {
    const { page, problems } = await open("/v2/webhooks");
    await page.getByText("No delivery came yet").waitFor();
    expect([await ring(porch, "front", "ring-1"), await ring(porch, "back", "ring-2", "burglar")]).toEqual([202, 401]);
    const rows = page.locator(".table-row.deliveries");
    const forged = rows.filter({ hasText: "not verified" });
    await forged.waitFor();
    const rung = rows.filter({ hasText: "202" });
    await rung.getByRole("link", { name: /^r/ }).waitFor();
    expect((await rung.innerText()).replaceAll(/\s+/g, " ")).toMatch(/porch bell ring ✓ verified 16 B 202 /);
    await forged.getByRole("link").first().click();
    await page.getByText("The signature in x-bell is wrong, or too old.").waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Replay" }).isDisabled()).toBe(true);
    await page.goBack();
    // At zero, a replay starts a replica.
    await rung.getByRole("link").first().click();
    await page.getByLabel("The body").getByText('"door": "front"').waitFor();
    expect(await page.locator("main").innerText()).not.toContain("x-bell");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replay it" }).click();
    await page.getByText("The app answered 202.").waitFor();
    await page.goto(`${platform.endpoint}/v2/webhooks?source=bell`);
    const replayed = rows.filter({ hasText: "replayed" });
    await replayed.waitFor();
    const [first, second] = await rows.filter({ hasText: "202" }).getByRole("link", { name: /^r/ }).allInnerTexts();
    expect(first).not.toBe(second);
    await replayed.getByRole("link", { name: /^r/ }).click();
    await page.getByText("webhook-replay=").waitFor();
    expect(problems).toEqual([]);
  });
});

describe.skipIf(missingBrowser)("anywhere", () => {
  test("anything is found by a part of its name, of which the platform is asked, and the theme is kept", async () => {
    const { page, problems } = await open("/v2/keys");
    await page.keyboard.press("Control+k");
    const field = page.getByRole("dialog").getByRole("combobox");
    const asked = page.waitForRequest(
      (request) => request.url().includes("ListTasks") && (request.postDataBuffer()?.includes("knock") ?? false),
    );
    await field.fill("task knock");
    await asked;
    await page
      .getByRole("option", { name: /house\.knock/ })
      .first()
      .waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "house.knock" }).waitFor();
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.getByRole("button", { name: "Theme: auto. Change to light" }).click();
    await page.getByRole("button", { name: "Theme: light. Change to dark" }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark. Change to auto" }).waitFor();
    expect(await background()).toBe(dark);
    expect(problems).toEqual([]);
  });
});

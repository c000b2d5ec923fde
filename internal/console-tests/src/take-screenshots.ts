// Takes the pictures of the README, of a platform with apps under load and runs of every kind:
// `node internal/console-tests/src/take-screenshots.ts`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deploy, serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import { Run, run } from "@appenv/client/tasks";
import type { AppEnvironment, TaskEnvironment, TaskFunction } from "@appenv/core";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { startPlatformProcess } from "./started-platform.ts";

const folder = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const showcase = fileURLToPath(new URL("apps/showcase.ts", import.meta.url));
const place = "/v2/domain/development/project/flytesnacks";
const labels = { shop: "berlin" };
/** Time of load before the charts are pictured, in milliseconds. */
const loadMs = 120_000;

const home = mkdtempSync(join(tmpdir(), "appenv-pictures-"));
const platform = await startPlatformProcess(home);
const { endpoint } = platform;
const browser = await launchBrowser();
try {
  const { environments, tasks } = await loadEnvironments(showcase);
  const { endpoint: shop } = await serve(environments.get("shop") as AppEnvironment, { endpoint });
  await deploy([environments.get("orders") as TaskEnvironment], { endpoint });
  const loading = load(shop);
  await takeOrders(tasks.get("pack") as TaskFunction);
  await take(browser, "console-run.png", `${place}/runs/order-1046`, "light");
  await loading;
  await take(browser, "console-app.png", `${place}/apps/shop`, "dark");
  await take(browser, "console-overview.png", "/", "light");
} finally {
  await browser.close();
  await platform.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
}

/** Some that succeed, one that fails, and one that waits for an answer. */
async function takeOrders(pack: TaskFunction): Promise<void> {
  for (const [index, goods] of ["lamp desk", "chair", "shelf lamp", "rug sofa"].entries()) {
    await (await order(pack, 1041 + index, goods, 9_900)).wait();
  }
  await (await order(pack, 1045, "sofa rug", 210_000)).wait({ throws: false });
  const waiting = await order(pack, 1046, "lamp chair table sofa desk shelf rug", 84_900);
  for await (const phase of waiting.watch()) if (phase === "PAUSED") return;
}

function order(pack: TaskFunction, number: number, goods: string, cents: number): Promise<Run> {
  const items = goods.split(" ").map((name, index) => ({ name, count: index + 1 }));
  return run(pack, { items, cents }, { endpoint, name: `order-${number}`, labels });
}

/** Requests that come and go in waves. */
async function load(shop: string): Promise<void> {
  const until = Date.now() + loadMs;
  for (let wave = 0; Date.now() < until; wave += 1) {
    const together = 2 + Math.round(6 * (1 + Math.sin(wave / 60)));
    await Promise.all(Array.from({ length: together }, (_, index) => visit(`${shop}/${wave}-${index}`)));
    await sleep(40);
  }
}

async function visit(url: string): Promise<void> {
  const answer = await fetch(url);
  await answer.text();
}

async function take(from: Browser, name: string, path: string, colorScheme: "light" | "dark"): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const page = await from.newPage({ viewport: { width: 1280, height: 800 }, colorScheme, bypassCSP: true });
  await page.goto(`${endpoint}${path}`);
  await page.waitForFunction(`document.querySelector("main h1") && !document.querySelector("[aria-busy=true]")`);
  // Charts are drawn once their library is here.
  await sleep(1_500);
  await page.screenshot({ path: join(folder, name) });
  await page.close();
}

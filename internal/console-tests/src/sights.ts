import type { Page } from "playwright-core";
import type { ShownRuns } from "./filled-platform.ts";

const place = "/v2/domain/development/project/flytesnacks";

/** Something to look at on a page: all of it, or one of its views or dialogs. */
export interface Sight {
  /** For file names and messages. */
  readonly name: string;
  readonly path: string;
  /** Waits for what comes later than the page, and opens what is not open at first. */
  readonly show: (page: Page) => Promise<unknown>;
  /** Views and dialogs that are opened one after the other once the page has been looked at. */
  readonly more?: Readonly<Record<string, (page: Page) => Promise<unknown>>>;
}

/** Everything to look at on each page of a platform that `fillPlatform` has filled, by the names of the pages. */
export function sightsOf(runs: ShownRuns): Readonly<Record<string, readonly Sight[]>> {
  const run = (name: string) => `${place}/runs/${name}`;
  return {
    overview: [{ name: "overview", path: "/", show: text("the last pear?"), more: { palette, help } }],
    runs: [
      {
        name: "runs",
        path: "/v2/runs",
        show: row,
        more: {
          "runs-filters": click("More filters"),
          "runs-columns": click("Columns", true),
          "runs-views": click("Views", true),
        },
      },
    ],
    run: [
      { name: "run-failed", path: run(runs.failed), show: text("is no fruit") },
      { name: "run-deep", path: run(runs.failedDeep), show: text("RangeError"), more: { "run-rerun": rerun } },
      { name: "run-asking", path: run(runs.asking), show: text("the last pear?") },
      { name: "run-queued", path: run(runs.queued), show: text("It waits for a place") },
      { name: "run-streaming", path: `${run(runs.streaming)}/actions/a0`, show: stream },
    ],
    apps: [{ name: "apps", path: "/v2/apps", show: row }],
    app: [
      { name: "app", path: `${place}/apps/market`, show: plots, more: { "app-weights": button("Set weights") } },
      { name: "app-requests", path: `${place}/apps/market?view=requests`, show: operation },
      { name: "app-stopped", path: `${place}/apps/kitchen`, show: text("stopped") },
    ],
    tasks: [{ name: "tasks", path: "/v2/tasks", show: text("stall.weigh") }],
    task: [
      {
        name: "task",
        path: `${place}/tasks/stall.sell`,
        show: text("Latest runs"),
        more: { "task-settings": click("Time and labels") },
      },
    ],
    triggers: [{ name: "triggers", path: "/v2/triggers", show: text("at-night") }],
    trigger: [
      {
        name: "trigger",
        path: `${place}/triggers/at-night?task=stall.nightly`,
        show: text("Next firings"),
        more: { "trigger-backfill": button("New backfill") },
      },
    ],
    queues: [{ name: "queues", path: "/v2/queues", show: text("emails") }],
    queue: [{ name: "queue", path: `${place}/queues/emails`, show: text("Waiting, in order") }],
    events: [{ name: "events", path: "/v2/events", show: text("crates-came") }],
    webhooks: [{ name: "webhooks", path: "/v2/webhooks", show: text("not verified") }],
    delivery: [
      { name: "delivery", path: "/v2/webhooks", show: delivery("202"), more: { "delivery-replay": button("Replay") } },
      { name: "delivery-forged", path: "/v2/webhooks", show: delivery("not verified") },
    ],
    graph: [
      { name: "graph", path: "/v2/graph", show: (page) => page.locator(".graph .graph-node").nth(5).waitFor() },
      { name: "graph-table", path: "/v2/graph?view=table", show: (page) => page.locator("main td").first().waitFor() },
    ],
    keys: [
      {
        name: "keys",
        path: "/v2/keys",
        show: text("oven-code"),
        more: { "key-new": button("New key"), "secret-new": button("New secret") },
      },
    ],
    nothing: [{ name: "nothing", path: `${place}/apps/market/actions/a0`, show: text("There is no such page") }],
  };
}

/** Closes a view. The next key goes to the page only once no dialog is open: the browser closes them a little later. */
export async function closeView(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

function text(words: string) {
  return (page: Page): Promise<void> => page.locator("main").getByText(words).first().waitFor();
}

function click(words: string, exact = false) {
  return (page: Page): Promise<void> => page.locator("main").getByText(words, { exact }).first().click();
}

function button(name: string) {
  return async (page: Page): Promise<void> => {
    await page.getByRole("button", { name, exact: true }).first().click();
    await page.getByRole("dialog").waitFor();
  };
}

function row(page: Page): Promise<void> {
  return page.locator(".table-row").first().waitFor();
}

async function plots(page: Page): Promise<void> {
  await page.locator(".plot canvas").nth(3).waitFor();
  await page.getByText(/ended lately/).click();
}

async function operation(page: Page): Promise<void> {
  await page.getByLabel("Operation").selectOption("POST /fruits/{stand}");
}

async function stream(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Streams" }).click();
  await page.getByRole("button", { name: "story" }).click();
  await page.locator(".log").getByText("line 30 ").waitFor();
}

async function rerun(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Rerun from here" }).first().click();
  await page.getByRole("dialog").getByLabel("grams").waitFor();
}

async function palette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("option").nth(5).waitFor();
}

async function help(page: Page): Promise<void> {
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
}

function delivery(words: string) {
  return async (page: Page): Promise<void> => {
    const { pathname } = new URL(page.url());
    if (pathname !== "/v2/webhooks") return;
    await page.locator(".table-row.deliveries", { hasText: words }).getByRole("link").first().click();
    await page.getByText("Source", { exact: true }).waitFor();
  };
}

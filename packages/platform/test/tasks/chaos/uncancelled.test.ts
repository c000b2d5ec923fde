import { readFileSync, watch, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { signal, Task, type Run } from "@appenv/client/tasks";
import { expect, onTestFinished, test, vi } from "vitest";
import { isAlive } from "../../support/apps.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { KilledPlatform } from "./platform-process.ts";

/** A platform in a process of its own with the orders, and their events. */
class Shop {
  readonly platform: KilledPlatform;
  readonly folder: string;

  constructor(platform: KilledPlatform, folder: string) {
    this.platform = platform;
    this.folder = folder;
    writeFileSync(join(folder, "journal"), "");
  }

  static async open(): Promise<Shop> {
    const home = join(tempDirectory(), ".appenv");
    vi.stubEnv("APPENV_HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const shop = new Shop(new KilledPlatform(home), tempDirectory());
    shop.platform.start();
    await shop.platform.up();
    const file = fileURLToPath(new URL("fixtures/compensation-tasks.ts", import.meta.url));
    const { environments } = await loadEnvironments(file);
    await deployAll([...environments.values()]);
    return shop;
  }

  async run(task: string, order: string): Promise<Run> {
    const inputs = { order, refundGate: "refund" };
    return (await Task.get(`orders.${task}`)).run(inputs, { envVars: { COMPENSATION_FOLDER: this.folder } });
  }

  /** The events of an order, without the processes. */
  of(order: string): string[] {
    return this.#lines().flatMap(([of, pid, ...what]) => (of === order && pid !== "" ? [what.join(" ")] : []));
  }

  /** Process in which an order was seen last. */
  pid(order: string): number {
    return Number(this.#lines().findLast(([of]) => of === order)?.[1]);
  }

  /** Waits until an event has happened to an order a number of times. */
  async sees(order: string, what: string, times = 1, until?: AbortSignal): Promise<void> {
    const watcher = watch(this.folder);
    try {
      while (this.of(order).filter((each) => each === what).length < times)
        await once(watcher, "change", { signal: until });
    } finally {
      watcher.close();
    }
  }

  /** Runs a task with a time limit until one of its orders is being shipped: on a busy machine the time may be over before. */
  async ships(task: string, name: string): Promise<{ readonly order: string; readonly run: Run }> {
    for (let number = 1; ; number += 1) {
      const order = `${name}-${number}`;
      const run = await this.run(task, order);
      const over = new AbortController();
      const shipped = this.sees(order, "begins ship", 1, over.signal).then(
        () => true,
        () => false,
      );
      void run.wait({ throws: false }).then(
        () => over.abort(),
        () => over.abort(),
      );
      if (await shipped) return { order, run };
    }
  }

  openGate(name: string): void {
    writeFileSync(join(this.folder, name), "");
  }

  #lines(): string[][] {
    const lines = readFileSync(join(this.folder, "journal"), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const [order = "", ...rest] = line.split(" ");
      return [order, rest.at(-1) ?? "", ...rest.slice(0, -1)];
    });
  }
}

async function phases(run: Run): Promise<Record<string, string>> {
  const actions = await run.actions();
  return Object.fromEntries(
    actions.map(({ name, task, phase }) => [name === "a0" ? "root" : `${task} ${name}`, phase]),
  );
}

async function linesOf(run: Run): Promise<string> {
  let text = "";
  for await (const line of run.logs()) text += `${line.stream} ${line.text}\n`;
  return text;
}

/** The events of a whole compensation. */
const compensated = (code: string): string[] => [
  "is in",
  "begins charge",
  "ends charge",
  "begins ship",
  `caught ${code}`,
  "traces receipt",
  "begins refund",
  "ends refund",
  "begins tell",
  "ends tell",
  "compensated",
];

/** The same without steps that a process was killed in, which may be done again. */
function firstOfEach(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

test("`uncancelled` code runs to its end after an abort and after a time-out", { timeout: 60_000 }, async () => {
  const shop = await Shop.open();
  const [aborted, late, byDeadline, asks, before, tooLong] = await Promise.all([
    shop.run("buys", "aborted"),
    shop.ships("buys_in_time", "late"),
    shop.ships("buys_by_deadline", "deadline"),
    shop.run("buys", "asks"),
    shop.run("began_before", "before"),
    shop.run("takes_too_long", "long"),
  ]);
  await Promise.all(["aborted", "asks", "long"].map((order) => shop.sees(order, "begins ship")));
  await shop.sees("before", "begins transfer");
  await Promise.all([aborted, asks, before, tooLong].map((run) => run.abort("changed my mind")));
  await Promise.all(
    ["aborted", late.order, byDeadline.order, "asks"].map((order) => shop.sees(order, "begins refund")),
  );
  shop.openGate("refund");
  expect(await aborted.wait({ throws: false })).toBe("ABORTED");
  expect(await late.run.wait({ throws: false })).toBe("TIMED_OUT");
  expect(await byDeadline.run.wait({ throws: false })).toBe("TIMED_OUT");
  expect(shop.of("aborted")).toEqual(compensated("ABORTED"));
  expect(shop.of(late.order)).toEqual(compensated("TIMED_OUT"));
  expect(shop.of(byDeadline.order)).toEqual(compensated("TIMED_OUT"));
  expect(Object.values(await phases(aborted)).toSorted()).toEqual([
    "ABORTED",
    "ABORTED",
    "SUCCEEDED",
    "SUCCEEDED",
    "SUCCEEDED",
    "SUCCEEDED",
  ]);
  expect(await linesOf(aborted)).toContain("The code in its 'uncancelled' goes on, for 60 s at most.");

  // A condition in it waits for its answer.
  await shop.sees("asks", "ends refund");
  const [sure] = await vi.waitUntil(async () => {
    const found = (await asks.actions()).filter(({ kind }) => kind === "condition");
    return found.length > 0 ? found : undefined;
  }, 30_000);
  await signal(asks.name, sure?.name ?? "", "yes");
  expect(await asks.wait({ throws: false })).toBe("ABORTED");
  expect(shop.of("asks")).toContain("answered yes");
  expect(shop.of("asks").at(-1)).toBe("compensated");

  // It was open before the cancellation: it goes on, and nothing begins after it.
  expect(await before.wait({ throws: false })).toBe("ABORTED");
  const transferred = ["is in", "begins transfer", "ends transfer", "begins book", "ends book", "transferred"];
  expect(shop.of("before")).toEqual(transferred);

  // Its own limit ends it, and all within.
  expect(await tooLong.wait({ throws: false })).toBe("ABORTED");
  const gaveUp = ["had TIMED_OUT true", "had TIMED_OUT true", "gave up TIMED_OUT"];
  expect(shop.of("long").slice(-3)).toEqual(gaveUp);
  expect(shop.of("long")).not.toContain("begins more");
  expect([...new Set(Object.values(await phases(tooLong)))]).toEqual(["ABORTED"]);
  expect(await shop.platform.close()).toBe(0);
});

test("it runs to its end though platform and workers are killed in it", { timeout: 90_000 }, async () => {
  const shop = await Shop.open();
  const orders = { aborted: "buys", below: "asks_to_buy", before: "began_before" };
  const [late, byDeadline, ...others] = await Promise.all([
    shop.ships("buys_in_time", "late"),
    shop.ships("buys_by_deadline", "deadline"),
    ...Object.entries(orders).map(async ([order, task]) => ({ order, run: await shop.run(task, order) })),
  ]);
  const runs = Object.fromEntries([late, byDeadline, ...others].map(({ order, run }) => [order, run]));
  await Promise.all(["aborted", "below"].map((order) => shop.sees(order, "begins ship")));
  await shop.sees("before", "begins transfer");
  await Promise.all(["aborted", "below", "before"].map((order) => runs[order]?.abort("changed my mind")));
  const compensating = ["aborted", late.order, byDeadline.order, "below"];
  const seeAll = async (times: number): Promise<void> => {
    await Promise.all(compensating.map((order) => shop.sees(order, "begins refund", times)));
    await shop.sees("before", "begins transfer", times);
  };
  await seeAll(1);
  await shop.platform.kill();
  shop.platform.start();
  await seeAll(2);
  for (const pid of new Set([...compensating, "before"].map((order) => shop.pid(order)))) {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
  await seeAll(3);
  shop.openGate("refund");
  const ends = await Promise.all(
    Object.keys(runs).map(async (order) => [order, await runs[order]?.wait({ throws: false })]),
  );
  expect(Object.fromEntries(ends)).toEqual({
    aborted: "ABORTED",
    [late.order]: "TIMED_OUT",
    [byDeadline.order]: "TIMED_OUT",
    below: "ABORTED",
    before: "ABORTED",
  });
  for (const order of compensating) {
    const lines = shop.of(order);
    expect(firstOfEach(lines)).toEqual(compensated(order === "aborted" || order === "below" ? "ABORTED" : "TIMED_OUT"));
    // Actions that had ended were not run again.
    for (const what of [
      "begins charge",
      "begins ship",
      "traces receipt",
      "ends refund",
      "begins tell",
      "compensated",
    ]) {
      expect([order, what, lines.filter((line) => line === what).length]).toEqual([order, what, 1]);
    }
  }
  expect(firstOfEach(shop.of("before"))).not.toContain("begins ship");
  expect(shop.of("before").filter((line) => line === "ends transfer")).toHaveLength(1);
  expect(await shop.platform.close()).toBe(0);
});

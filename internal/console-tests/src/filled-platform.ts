import { ApiKeys, App } from "@appenv/client";
import { Run, send } from "@appenv/client/tasks";
import { markup } from "./apps/stall.ts";
import { openHouse, ring, runInHouse } from "./house.ts";
import { openMarket } from "./market.ts";
import { runNarrator } from "./narrator.ts";
import { runPost } from "./post.ts";
import { openStall, runStall } from "./stall.ts";
import { runWorkshop } from "./workshop.ts";

/** The names of runs that have something to show. */
export interface ShownRuns {
  readonly failed: string;
  /** Failed in several of its actions, with attempts and a trace. */
  readonly failedDeep: string;
  /** It waits for an answer. */
  readonly asking: string;
  /** It waits for a place in a queue. */
  readonly queued: string;
  /** It has written to streams, and waits. */
  readonly streaming: string;
}

/** Fills a platform with something for every page: apps, runs in all phases, triggers, queues, deliveries, keys and secrets. */
export async function fillPlatform(endpoint: string): Promise<ShownRuns> {
  const porch = openHouse(endpoint);
  const [stall] = await Promise.all([openStall(endpoint), porch, openMarket(endpoint, "at nine")]);
  await openMarket(endpoint, "at ten");
  await ApiKeys.create("looker-on", { endpoint, role: "viewer" });
  await fetch(`${stall.endpoint}/hello`);
  const runs = await startRuns(endpoint);
  await ring(await porch, "front", "ring-1");
  await ring(await porch, "back", "ring-2", "burglar");
  const kitchen = await App.get("kitchen", { endpoint });
  await kitchen.deactivate();
  await runStall(endpoint, "restock", { fruit: "pear" });
  await send("crates-came", { crates: 3, note: markup }, { endpoint, key: "fig", keep: "7d" });
  return runs;
}

async function startRuns(endpoint: string): Promise<ShownRuns> {
  const running = await runPost(endpoint, "acme");
  await reach(running, "RUNNING");
  const [sold, failed, failedDeep, asking, queued, streaming, visit] = await Promise.all([
    runStall(endpoint, "sell", { fruits: ["pear", "fig"], customer: "Ada" }, { team: "fruit" }),
    runStall(endpoint, "sell", { fruits: ["pear", "stone", "plum"], customer: markup }),
    runWorkshop(endpoint, "deliver", { things: ["brick", "feather"] }),
    runStall(endpoint, "ask", {}),
    runPost(endpoint, "acme", { priority: 5 }),
    runNarrator(endpoint, 30),
    runInHouse(endpoint, "visit", {}),
  ]);
  await Promise.all([sold, failed, failedDeep, visit].map((run) => run.wait({ throws: false })));
  await Promise.all([reach(asking, "PAUSED"), reach(streaming, "PAUSED")]);
  return {
    failed: failed.name,
    failedDeep: failedDeep.name,
    asking: asking.name,
    queued: queued.name,
    streaming: streaming.name,
  };
}

async function reach(run: Run, phase: string): Promise<void> {
  for await (const each of run.watch()) if (each === phase) return;
}

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client";
import { signal, Task, type Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "../../support/temp-home.ts";
import { KilledPlatform } from "./platform-process.ts";

/** So long after a run is accepted the platform is killed, in milliseconds: before, while and after tasks begin. */
const moments = [0, 50, 200, 1_000];

/** A platform with the tasks of an example. */
async function start(example: string): Promise<KilledPlatform> {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  const file = new URL(`../../../../../examples/${example}/tasks.ts`, import.meta.url);
  const { environments } = await loadEnvironments(fileURLToPath(file));
  await deployAll([...environments.values()]);
  return platform;
}

/** Starts a run, and kills and restarts the platform somewhat later. */
async function runAndKill(platform: KilledPlatform, moment: number, task: string, inputs: object): Promise<Run> {
  const run = await (await Task.get(task)).run({ ...inputs });
  await sleep(moment);
  await platform.kill();
  platform.start();
  await platform.up();
  return run;
}

test("add-one ends by itself whenever the platform is killed", { timeout: 300_000 }, async () => {
  const platform = await start("add-one");
  for (const moment of moments) {
    const run = await runAndKill(platform, moment, "add-one.add_one", { x: moment });
    expect(await run.outputs()).toBe(moment + 1);
  }
});

test("fan-out ends by itself whenever the platform is killed, also while it waits", { timeout: 300_000 }, async () => {
  const platform = await start("fan-out");
  for (const moment of moments) {
    const run = await runAndKill(platform, moment, "fan-out.order", { item: "lamp" });
    await expect.poll(() => isSignalled(run), { interval: 100 }).toBe(true);
    await platform.kill();
    platform.start();
    expect(await run.outputs()).toEqual({ supplier: "east", price: 990, ordered: true });
  }
});

/** Says yes, if it waits for that by now. */
async function isSignalled(run: Run): Promise<boolean> {
  try {
    await signal(run, "approve", true);
    return true;
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return false;
    throw error;
  }
}

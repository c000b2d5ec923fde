import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { signal, Task, type Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { KilledPlatform } from "./platform-process.ts";

/** Times after the acceptance of runs at which the platform is killed, in milliseconds: before tasks begin, and while they run. */
const moments = [0, 100, 700];

/** A platform with the tasks of the examples. */
async function start(...examples: readonly string[]): Promise<KilledPlatform> {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  for (const example of examples) {
    const file = new URL(`../../../../../examples/${example}/tasks.ts`, import.meta.url);
    const { environments } = await loadEnvironments(fileURLToPath(file));
    await deployAll([...environments.values()]);
  }
  return platform;
}

async function killAndRestart(platform: KilledPlatform): Promise<void> {
  await platform.kill();
  platform.start();
}

test("the examples end by themselves whenever the platform is killed", { timeout: 300_000 }, async () => {
  const platform = await start("add-one", "fan-out");
  for (const moment of moments) {
    await platform.up();
    const added = await (await Task.get("add-one.add_one")).run({ x: moment });
    const ordered = await (await Task.get("fan-out.order")).run({ item: "lamp" });
    await sleep(moment);
    await killAndRestart(platform);
    expect(await added.outputs()).toBe(moment + 1);
    await expect.poll(() => isSignalled(ordered), { interval: 100 }).toBe(true);
    await killAndRestart(platform);
    expect(await ordered.outputs()).toEqual({ supplier: "east", price: 990, ordered: true });
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

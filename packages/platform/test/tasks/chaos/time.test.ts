import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { Run, send, Task, Trigger } from "@appenv/client/tasks";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { KilledPlatform } from "./platform-process.ts";

const label = "appenv.dev/backfill";

test("sleeps, delayed runs, events and backfills outlive a platform that is killed", { timeout: 120_000 }, async () => {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home);
  const again = async (): Promise<void> => {
    await platform.kill();
    platform.start();
    await platform.up();
  };
  platform.start();
  await platform.up();
  const file = fileURLToPath(new URL("fixtures/time-tasks.ts", import.meta.url));
  await deployAll([...(await loadEnvironments(file)).environments.values()]);

  const journey = await Task.get("time.journey");
  const [asleep, early] = [await journey.run({ id: "a" }), await journey.run({ id: "b" })];
  const delayed = await (await Task.get("time.daily")).run({ day: new Date(0) }, { delay: "1s" });
  await send("go", 2, { key: "b" });
  const trigger = await Trigger.get("time.daily", "midnight");
  const span = { from: new Date("2026-03-01T00:00:00Z"), to: new Date("2026-03-13T00:00:00Z") };
  const backfill = await trigger.backfill({ ...span, concurrency: 2 });
  expect((await trigger.backfill({ ...span, concurrency: 2 })).id).toBe(backfill.id);
  await again();
  await send("go", 1, { key: "a" });
  await again();

  const [first, second] = [await asleep.outputs(), await early.outputs()] as [number, number, number][];
  expect([first?.[1], second?.[1]]).toEqual([1, 2]);
  expect(await delayed.outputs()).toBe("1970-01-01T00:00:00.000Z");
  expect(await backfill.wait()).toMatchObject({ phase: "SUCCEEDED", total: 12, succeeded: 12, failed: 0 });
  // Asked for once more, and for more: each day has one run.
  const more = await trigger.backfill({ ...span, to: new Date("2026-03-14T00:00:00Z"), concurrency: 4 });
  expect(await more.wait()).toMatchObject({ phase: "SUCCEEDED", total: 13, succeeded: 13 });
  const runs = await Run.list({ task: "time.daily", limit: 100 });
  const days = await Promise.all(runs.filter(({ name }) => name !== delayed.name).map((run) => run.outputs()));
  const expected = Array.from({ length: 13 }, (_, day) =>
    new Date(span.from.getTime() + day * 86_400_000).toISOString(),
  );
  // The newest first: in the order of their times.
  expect(days).toEqual(expected.toReversed());
  expect(await Run.list({ labels: { [label]: backfill.id } })).toHaveLength(12);
});

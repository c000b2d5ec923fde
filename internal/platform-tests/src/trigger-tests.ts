import { cron } from "@appenv/core";
import { rerun, Run, Trigger } from "@appenv/client/tasks";
import { expect, test } from "vitest";
import type { PlatformAbilities } from "./control-plane.ts";
import type { Started } from "./started.ts";
import { codeOf, whenAble } from "./when-able.ts";

/** Triggers, but for their firing: that is a matter of time. */
export function triggerTests(shared: Started, abilities: PlatformAbilities): void {
  const automation = cron("0 6 * * *", { timeZone: "Europe/Berlin" });

  test("a trigger is created, replaced, stopped, started and deleted", async () => {
    const create = (x: number) => Trigger.create("shop.add", { name: "daily", automation, inputs: { x } }, shared.at);
    expect(await create(1)).toMatchObject({ name: "daily", task: "shop.add", active: true, revision: 1, automation });
    expect((await create(2)).revision).toBe(2);
    const daily = await Trigger.get("shop.add", "daily", shared.at);
    await daily.deactivate();
    expect((await Trigger.list({ ...shared.at, task: "shop.add" })).map(({ active }) => active)).toEqual([false]);
    await daily.activate();
    expect((await Trigger.get("shop.add", "daily", shared.at)).active).toBe(true);
    await daily.delete();
    expect(await codeOf(Trigger.get("shop.add", "daily", shared.at))).toBe("NOT_FOUND");
  });

  test("a trigger takes inputs of its task alone, and settings that its runs would have", async () => {
    const create = (options: object) =>
      Trigger.create("shop.add", { name: "wrong", automation, inputs: { x: 1 }, ...options }, shared.at);
    expect(await codeOf(create({ inputs: { x: "1" } }))).toBe("INVALID_INPUT");
    expect(await codeOf(create({ inputs: { z: 1 } }))).toBe("INVALID_INPUT");
    const made = await whenAble(abilities.overwritesCache, () => create({ overwriteCache: true }));
    await made?.delete();
    expect(await Trigger.list({ ...shared.at, task: "shop.add" })).toEqual([]);
  });

  test("a trigger is fired at once, with this moment for its time", async () => {
    const morning = await Trigger.get("shop.daily", "morning", shared.at);
    // A cluster tells the time to the second.
    const before = Math.floor(Date.now() / 1_000) * 1_000;
    const fired = await morning.fire();
    const { at } = (await fired.inputs()) as { at: Date };
    expect(at.getTime()).toBeGreaterThanOrEqual(before);
    expect(String(await fired.outputs()).slice(0, -5)).toBe(`7 at ${at.toISOString()}`.slice(0, -5));
  });

  const whenTold = abilities.tellsFirings ? test : undefined;
  whenTold?.(
    "a trigger tells when it fires next and what it started last; fired by one key, it starts one run",
    async () => {
      const morning = await Trigger.get("shop.daily", "morning", shared.at);
      const [first, second] = await morning.nextFirings(2);
      expect([morning.nextAt, first?.toISOString()]).toEqual([first, expect.stringMatching(/T06:00:00.000Z$/)]);
      expect(Number(second) - Number(first)).toBe(86_400_000);
      const idempotencyKey = `morning ${Date.now()}`;
      const [once, again] = [await morning.fire({ idempotencyKey }), await morning.fire({ idempotencyKey })];
      expect(again.name).toBe(once.name);
      await once.wait();
      const after = await Trigger.get("shop.daily", "morning", shared.at);
      // Its time table goes on as it was.
      expect(after).toMatchObject({ nextAt: first, lastRun: { name: once.name, phase: "SUCCEEDED" } });
    },
  );

  const whenUntold = abilities.tellsFirings ? undefined : test;
  whenUntold?.("the next firings of a trigger, and keys of firings, are refused", async () => {
    const morning = await Trigger.get("shop.daily", "morning", shared.at);
    expect(morning.nextAt).toBeUndefined();
    expect(await codeOf(morning.nextFirings(1))).toBe("UNSUPPORTED");
    expect(await codeOf(morning.fire({ idempotencyKey: "once" }))).toBe("UNSUPPORTED");
  });

  // Elsewhere there is no test: it would wait for the time.
  const whenFired = abilities.firesOnDemand ? test : undefined;
  whenFired?.("a run of a trigger has its inputs, and the time that it is meant for", async () => {
    const at = new Date("2030-01-31T06:00:00Z");
    const name = shared.controlPlane.fire?.("shop.daily", "morning", at) ?? "";
    const fired = await Run.get(name, shared.at);
    expect([await fired.outputs(), await fired.inputs()]).toEqual(["7 at 2030-01-31T06:00:00.000Z", { x: 7, at }]);
    expect(await (await rerun(name, shared.at)).outputs()).toBe("7 at 2030-01-31T06:00:00.000Z");
    expect((await Trigger.get("shop.daily", "morning", shared.at)).triggeredAt).toBeInstanceOf(Date);
  });
}

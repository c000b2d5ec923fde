import { Run } from "@appenv/client/tasks";
import { expect, test } from "vitest";
import type { PlatformAbilities } from "./control-plane.ts";
import { runShop } from "./run-tests.ts";
import type { Started } from "./started.ts";
import { codeOf, whenAble } from "./when-able.ts";

/** Names and idempotency keys: one run of each. */
export function identityTests(shared: Started, abilities: PlatformAbilities): void {
  test("a name belongs to one run, which keeps its inputs", async () => {
    const first = await runShop(shared, "add", { x: 1 }, { name: "monday" });
    expect(await codeOf(runShop(shared, "add", { x: 2 }, { name: "monday" }))).toBe("RUN_EXISTS");
    expect([await first.outputs(), await first.inputs()]).toEqual([2, { x: 1, y: 1 }]);
    expect((await Run.get("monday", shared.at)).task.name).toBe("shop.add");
    expect(await codeOf(Run.get("tuesday", shared.at))).toBe("NOT_FOUND");
  });

  test("an idempotency key makes one run, also of calls at the same time, and takes no other inputs", async () => {
    const options = { idempotencyKey: "order 1" };
    const runs = await Promise.all([1, 2, 3].map(() => runShop(shared, "add", { x: 1 }, options)));
    const later = await runShop(shared, "add", { x: 1 }, options);
    expect(new Set([...runs, later].map(({ name }) => name)).size).toBe(1);
    expect(await codeOf(runShop(shared, "add", { x: 2 }, options))).toBe("IDEMPOTENCY_CONFLICT");
  });

  test("a run with a key has a name of its caller's choice, where that is possible", async () => {
    const options = { idempotencyKey: "order 2", name: "order-2" };
    const started = await whenAble(abilities.namesKeyedRuns, () => runShop(shared, "add", { x: 1 }, options));
    expect(started?.name).toBe(abilities.namesKeyedRuns ? "order-2" : undefined);
  });

  test("cached results are computed anew on demand, where that is possible", async () => {
    const started = await whenAble(abilities.overwritesCache, () =>
      runShop(shared, "add", { x: 1 }, { overwriteCache: true }),
    );
    expect(await started?.outputs()).toBe(abilities.overwritesCache ? 2 : undefined);
  });
}

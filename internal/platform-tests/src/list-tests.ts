import { Run, Task } from "@appenv/client/tasks";
import { expect, test } from "vitest";
import type { PlatformAbilities } from "./control-plane.ts";
import { runShop } from "./run-tests.ts";
import type { Started } from "./started.ts";
import { codeOf, whenAble } from "./when-able.ts";

/** Lists of tasks and runs. */
export function listTests(shared: Started, abilities: PlatformAbilities): void {
  test("a deployed task is found by its name, and runs with its defaults", async () => {
    const found = await Task.get("shop.add", shared.at);
    expect(found.interface.inputs.map(({ name }) => name)).toEqual(["x", "y"]);
    expect(await (await found.run({ x: 2 })).outputs()).toBe(3);
    expect((await Task.list(shared.at)).map(({ id }) => id.name)).toContain("shop.add");
    expect(await Task.versions("shop.add", shared.at)).toMatchObject([{ version: found.version }]);
    expect(await codeOf(Task.get("shop.subtract", shared.at))).toBe("NOT_FOUND");
  });

  test("runs are listed by task and phase, the newest first, and by labels where that is possible", async () => {
    const labels = { order: "17" };
    const failed = await runShop(shared, "boom", {}, { labels });
    await failed.wait({ throws: false });
    const list = await Run.list({ ...shared.at, task: "shop.boom", phase: "FAILED" });
    expect(list[0]?.name).toBe(failed.name);
    expect(await Run.list({ ...shared.at, task: "shop.boom", phase: ["SUCCEEDED", "ABORTED"] })).toEqual([]);
    expect((await Run.get(failed.name, shared.at)).labels).toEqual(labels);
    const labelled = await whenAble(abilities.listsByLabels, () => Run.list({ ...shared.at, labels }));
    expect(labelled?.map(({ name }) => name)).toEqual(abilities.listsByLabels ? [failed.name] : undefined);
  });
}

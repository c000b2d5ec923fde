import { commandLine } from "@appenv-internal/conformance";
import { runAll } from "@appenv/core";
import { expect, test, vi } from "vitest";
import { price } from "./tasks.ts";

// Each test is several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

test("a hundred runs are started together, once, and deleted together", async () => {
  const cli = commandLine();
  await cli.up();
  const first = await cli.node(file);
  expect([first.code, first.stdout]).toEqual([0, "100 runs, 49750 cents\n"]);
  expect((await cli.node(file)).stdout).toBe("100 runs, 49750 cents\n");
  expect(await cli.json("get", "run", "--label", "batch=monday", "--limit", "1000")).toHaveLength(100);
  expect(await cli.json("delete", "run", "--label", "batch=monday", "--yes")).toEqual({
    selected: 100,
    done: 100,
    failed: 0,
  });
  expect(await cli.json("get", "run")).toEqual([]);
});

test("a batch with a wrong input, or with too few keys, starts nothing", async () => {
  await expect(
    runAll(price, [
      { order: 1, pieces: 1 },
      { order: 2, pieces: 0 },
    ]),
  ).rejects.toThrow("pieces");
  await expect(runAll(price, [{ order: 1, pieces: 1 }], { idempotencyKey: ["a", "b"] })).rejects.toMatchObject({
    code: "INVALID_OPTION",
  });
});

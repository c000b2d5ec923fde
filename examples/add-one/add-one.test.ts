import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { addOne } from "./tasks.ts";

// Each test is several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

test("add_one prints 2 and a link to its run, though no platform runs", async () => {
  const cli = commandLine();
  const { code, stdout, stderr } = await cli.run("run", file, "add_one", "--x", "1");
  expect([code, stdout]).toEqual([0, "2\n"]);
  expect(stderr).toMatch(/http:\/\/localhost:\d+\/v2\/domain\/development\/project\/flytesnacks\/runs\/[a-z0-9]+/);
});

test("add_one runs from code, and the process ends by itself", async () => {
  const { code, stdout } = await commandLine().node(file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^2 http:\/\/localhost:\d+\/v2\/\S+\/runs\/[a-z0-9]+\n$/);
});

test("add_one is a plain function too", async () => {
  expect(await addOne({ x: 1 })).toBe(2);
  await expect(addOne({ x: 1.5 })).rejects.toThrow("x: ");
});

test("a platform that stays shows the run, and runs the deployed task again", async () => {
  const cli = commandLine();
  await cli.up();
  const first = await cli.json("run", file, "--x", "1", "--name", "first");
  expect(first).toMatchObject({ name: "first", task: "add-one.add_one", phase: "SUCCEEDED", output: 2 });
  expect(await cli.json("run", "deployed-task", "add-one.add_one", "--x", "41")).toMatchObject({ output: 42 });
  expect(await cli.json("get", "run")).toHaveLength(2);
  expect(await cli.json("get", "io", "first")).toEqual({ inputs: { x: 1 }, output: 2 });
  expect(await cli.json("get", "task", "add-one.add_one")).toMatchObject({ description: "Adds one to a number." });
});

import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("a task brings up the app it depends on, and calls it for each number", async () => {
  const cli = commandLine();
  await cli.up();
  const file = new URL("tasks.ts", import.meta.url);
  expect(await cli.json("run", file, "add_all", "--numbers", "[1, 2, 3]")).toMatchObject({
    phase: "SUCCEEDED",
    output: [2, 3, 4],
  });
  expect(await cli.json("get", "app")).toMatchObject([{ name: "adder" }]);
});

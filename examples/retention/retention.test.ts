import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { draft, invoice, note } from "./tasks.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

test("papers state how long they are kept, and what is deleted is gone for good", async () => {
  const days = [note, draft, invoice].map(({ settings }) => (settings.retentionMs ?? 0) / 86_400_000);
  expect(days).toEqual([0, 1, 3_650]);
  const cli = commandLine();
  const first = await cli.up();
  await cli.json("run", file, "note", "--text", "milk", "--name", "monday");
  await cli.json("run", file, "draft", "--text", "dear", "--name", "tuesday", "--label", "week=5");
  const selected = ["--label", "week=5", "--yes"];
  expect(await cli.json("delete", "run", ...selected)).toEqual({ selected: 1, done: 1, failed: 0 });
  await first.kill();
  await cli.up();
  expect(await cli.json("get", "run")).toMatchObject([{ name: "monday" }]);
  expect((await cli.run("get", "io", "tuesday")).stderr).toContain("There is no run 'tuesday'");
  expect(await cli.json("run", file, "draft", "--text", "again", "--name", "tuesday")).toMatchObject({
    output: "again",
  });
});

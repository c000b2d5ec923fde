import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Each test is several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly kind: string;
  readonly task: string;
  readonly phase: string;
  readonly attempts: number;
}

test("order asks all suppliers, one of them twice, waits for a person, and survives kill -9 of the platform", async () => {
  const cli = commandLine();
  const first = await cli.up();
  await cli.json("run", file, "order", "--item", "lamp", "--name", "lamp", "--detach");
  const actions = () => cli.json<Action[]>("get", "action", "lamp");
  const waiting = { kind: "condition", task: "approve", phase: "PAUSED" };
  await expect.poll(actions).toContainEqual(expect.objectContaining(waiting));

  await first.kill();
  await cli.up();
  await expect.poll(actions).toContainEqual(expect.objectContaining(waiting));
  await cli.json("signal", "lamp", "approve", "true");
  await expect.poll(() => cli.json("get", "run", "lamp")).toMatchObject({ phase: "SUCCEEDED" });

  const { inputs, output } = await cli.json<{ inputs: object; output: object }>("get", "io", "lamp");
  expect(inputs).toMatchObject({ item: "lamp", suppliers: ["north", "east", "south"] });
  expect(output).toEqual({ supplier: "east", price: 990, ordered: true });
  const quotes = (await actions()).filter(({ task }) => task === "fan-out.quote");
  expect(quotes.map(({ attempts }) => attempts).toSorted()).toEqual([1, 1, 2]);
});

test("order fails with the supplier's own error, and exit code 1", async () => {
  const inputs = ["--item", "lamp", "--suppliers", '["nobody"]'];
  const { code, stdout, stderr } = await commandLine().run("run", file, "order", ...inputs, "--json");
  expect([code, stdout]).toEqual([1, ""]);
  const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
  expect(error).toMatchObject({ code: "TASK_FAILED" });
  expect(error.message).toContain("There is no supplier 'nobody'");
  expect(stderr).not.toContain("    at ");
});

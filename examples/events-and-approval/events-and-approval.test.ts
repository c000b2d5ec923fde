import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly kind: string;
  readonly task: string;
  readonly phase: string;
}

test("an order is delivered once it is paid, and approved if it is a large one", async () => {
  const cli = commandLine();
  await cli.up();
  await cli.json("send", "order-paid", '{"amount": 5}', "--key", "pen");
  expect(await cli.json("run", file, "order", "--id", "pen")).toMatchObject({ output: "delivered" });
  await cli.json("run", file, "order", "--id", "lamp", "--name", "lamp", "--detach");
  await cli.json("send", "order-paid", '{"amount": 120}', "--key", "lamp");
  const actions = async (): Promise<string[]> => {
    const all = await cli.json<Action[]>("get", "action", "lamp");
    return all.map(({ kind, task, phase }) => `${kind} ${task} ${phase}`);
  };
  await expect.poll(actions).toContain("condition approve PAUSED");
  await expect(cli.json("signal", "lamp", "approve", "true")).rejects.toThrow("it must be an object");
  await cli.json("signal", "lamp", "approve", '{"approve": false, "amount": 120, "comment": "sold out"}');
  await expect.poll(() => cli.json("get", "io", "lamp")).toMatchObject({ output: "refused: sold out" });
  expect(await actions()).toContain("event order-paid (lamp) SUCCEEDED");
});

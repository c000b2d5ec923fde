import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly label: string;
  readonly phase: string;
  readonly reason?: string;
}

test("deliver fails at a step, says which, and is run again from it with other inputs", async () => {
  const cli = commandLine();
  await cli.up();
  const things = ["--things", '["brick","feather"]'];
  const { code, stderr } = await cli.run("run", file, "deliver", ...things, "--name", "monday");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Failed action: rerun\.pack#2, at tasks\.ts:\d+:\d+$/m);
  expect(stderr).toContain('Its inputs: {"grams":0,"thing":"feather"}\n');
  expect(stderr).toContain("Again from there: appenv rerun monday --from rerun.pack#2\n");
  const [failed, ...others] = await cli.json<Action[]>("get", "action", "monday", "--phase", "FAILED");
  expect([failed?.label, others.map(({ label }) => label)]).toEqual(["rerun.deliver", ["rerun.pack#2"]]);
  expect(others[0]?.reason).toMatch(/^RangeError: a feather weighs more than 0 g \(tasks\.ts:\d+:\d+\)$/);
  expect(await cli.json("get", "run")).toMatchObject([
    { name: "monday", reason: expect.stringContaining("RangeError") },
  ]);

  const again = ["rerun", "monday", "--from", "pack#2", "--grams", "1", "--name", "tuesday"];
  expect(await cli.json(...again)).toMatchObject({ output: "sent: brick, 250 g; feather, 1 g" });
  const actions = await cli.json<Action[]>("get", "action", "tuesday");
  expect(actions.map(({ label, phase }) => `${label.replace("rerun.", "")} ${phase}`)).toEqual([
    "deliver SUCCEEDED",
    "weigh#1 RECOVERED",
    "weigh#2 RECOVERED",
    "pack#1 RECOVERED",
    "pack#2 SUCCEEDED",
    "send SUCCEEDED",
  ]);
  expect(await cli.json("get", "io", "tuesday", "pack#2")).toMatchObject({ inputs: { grams: 1, thing: "feather" } });
});

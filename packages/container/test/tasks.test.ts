import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { addOne, boom, env, parent } from "./fixtures/tasks.ts";
import { deploy, phaseOf } from "./support/deployed.ts";

const file = fileURLToPath(new URL("fixtures/tasks.ts", import.meta.url));

test("a task runs from what was uploaded, on a stock Node", async () => {
  const { start, ended, output, backend } = await deploy(file, env);
  const run = await start(addOne, { x: 41 });
  const details = await ended(run);
  expect([phaseOf(details), [...backend.pods.logs.values()].join("")]).toEqual([
    "SUCCEEDED",
    expect.stringContaining("adding one to 41, attempt 1"),
  ]);
  expect(await output(run, addOne)).toBe(42);
});

test("an error of the task's code is its error, with its line, and is final", async () => {
  const { start, ended } = await deploy(file, env);
  const details = await ended(await start(boom, {}));
  expect(phaseOf(details)).toBe("FAILED");
  expect(details.result).toMatchObject({
    case: "errorInfo",
    value: { code: "TypeError", message: expect.stringMatching(/out of range.*at /s) },
  });
});

test("a parent has its children, its trace, a retry and an answer, also when its process is killed in the middle", async () => {
  const { start, ended, output, backend, runs } = await deploy(file, env);
  const run = await start(parent, { xs: [1, 2, 3], crash: true });
  await expect
    .poll(() => backend.state.actions.find(({ spec }) => spec.case === "condition"), { timeout: 50_000 })
    .toBeDefined();
  const asked = backend.state.actions.find(({ spec }) => spec.case === "condition");
  const actionId = { name: asked?.name ?? "", run: { project: "flytesnacks", domain: "development", name: run } };
  await runs.signalEvent({ actionId, payload: { value: { case: "boolValue", value: true } } });
  expect(phaseOf(await ended(run))).toBe("SUCCEEDED");
  expect(await output(run, parent)).toMatchObject({ sums: [2, 3, 4], luck: 3, approved: true });
  const said = [...backend.pods.logs.values()].join("");
  expect(said.split("measuring")).toHaveLength(3);
  expect(said.split("adding one to 1,")).toHaveLength(2);
});

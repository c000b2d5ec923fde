import { run } from "@appenv/core";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addOne, boom, parent } from "./fixtures/tasks.ts";

let backend: FlyteBackend;

beforeAll(async () => {
  backend = await startFlyteBackend();
});

afterAll(() => backend.close());

test("a task runs on a cluster from what was uploaded, on a stock Node", async () => {
  const run1 = await run(addOne, { x: 41 }, { endpoint: backend.endpoint });
  expect(await run1.outputs()).toBe(42);
  expect([...backend.pods.logs.values()].join("")).toContain("adding one to 41, attempt 1");
});

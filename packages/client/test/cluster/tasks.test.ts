import { AppEnvError, run, type RunOptions } from "@appenv/core";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signal } from "../../src/run/signal.ts";
import { errorOf } from "../support/error-of.ts";
import { addOne, asks, boom, parent, slow, waits } from "./fixtures/tasks.ts";

let backend: FlyteBackend;
let at: RunOptions;

beforeAll(async () => {
  backend = await startFlyteBackend();
  at = { endpoint: backend.endpoint };
});
afterAll(() => backend.close());

test("a task runs from what was uploaded, on a stock Node", async () => {
  const run1 = await run(addOne, { x: 41 }, at);
  expect(await run1.outputs()).toBe(42);
  expect(backend.pods.logs.text).toContain("adding one to 41, attempt 1");
});

test("an error of the task's code is its error, with its line, and is final", async () => {
  const error = await errorOf((await run(boom, {}, at)).outputs());
  expect(error.code).toBe("TASK_FAILED");
  expect(error.message).toContain("out of range");
  expect(String((error.cause as Error).stack ?? error.message)).toMatch(/fixtures\/tasks\.ts:\d+/);
});

test("a parent has its children, its trace, a retry and an answer, also when its process ends in the middle", async () => {
  const { name, outputs } = await withOutputs(run(parent, { xs: [1, 2, 3], crash: true }, at));
  await expect.poll(() => signalled(name, "approve"), { timeout: 50_000 }).toBe(true);
  expect(await outputs).toMatchObject({ sums: [2, 3, 4], luck: 3, approved: true });
  const said = backend.pods.logs.text;
  expect(said.split("measuring")).toHaveLength(2);
  expect(said.split("adding one to 1,")).toHaveLength(2);
  // The backend is asked to cache those that want it.
  const children = backend.state.actions.filter(
    ({ run: { name: of }, parent: above }) => of === name && above === "a0",
  );
  const keys = children.flatMap(({ spec }) => (spec.case === "task" ? [spec.value.cacheKey ?? ""] : []));
  expect(new Set(keys.filter((key) => /^[0-9a-f]{64}$/.test(key))).size).toBe(3);
});

test("limits that the backend does not hold are held: of an attempt, and of a condition", async () => {
  const [late, silent] = await Promise.all([
    errorOf(run(slow, {}, at).then((started) => started.outputs())),
    errorOf(run(asks, {}, at).then((started) => started.outputs())),
  ]);
  expect(late.message).toContain("The attempt ran longer than 0.3 s");
  expect(silent.message).toContain("Nobody signalled 'soon' within 0.3 s");
});

test("an aborted task may clean up", async () => {
  const started = await run(waits, {}, at);
  await expect.poll(() => backend.pods.logs.text).toContain("waiting");
  await started.abort("changed my mind");
  expect((await errorOf(started.wait())).code).toBe("ABORTED");
  await expect.poll(() => backend.pods.logs.text).toContain("cleaned up");
});

async function withOutputs<T extends { readonly name: string; outputs(): Promise<unknown> }>(starting: Promise<T>) {
  const started = await starting;
  return { name: started.name, outputs: started.outputs() };
}

/** Answers a condition; false if it is not there yet. */
async function signalled(name: string, condition: string): Promise<boolean> {
  try {
    await signal(name, condition, true, at);
    return true;
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return false;
    throw error;
  }
}

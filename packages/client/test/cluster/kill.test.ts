import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Interceptor } from "@connectrpc/connect";
import { run } from "@appenv/core";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { careful } from "./fixtures/tasks.ts";

// Each step is several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 300_000 });

let backend: FlyteBackend;
/** Called at each request that the backend or its storage gets. */
let onRequest = (): void => {};

const ofActions: Interceptor = (next) => (request) => {
  if (request.service.typeName.endsWith("ActionsService")) onRequest();
  return next(request);
};

beforeAll(async () => {
  backend = await startFlyteBackend({ interceptors: [ofActions] });
  const { objects } = backend.s3;
  const [get, set] = [objects.get.bind(objects), objects.set.bind(objects)];
  objects.get = (key) => {
    onRequest();
    return get(key);
  };
  objects.set = (key, value) => {
    onRequest();
    return set(key, value);
  };
});
afterAll(() => backend.close());

/** Runs the task, and kills its container at the request of this number. Resolves with the effects, and the number of requests. */
async function runKilledAt(
  step: number,
): Promise<{ effects: string[]; output: unknown; requests: number; recorded: number }> {
  const file = join(tempDirectory(), "effects");
  const started = await run(careful, { file }, { endpoint: backend.endpoint });
  const root = backend.state.actions.find(
    ({ run: { name }, name: action }) => name === started.name && action === "a0",
  );
  if (root === undefined) throw new Error("there is no such run");
  let requests = 0;
  let recorded = 0;
  onRequest = () => {
    requests += 1;
    if (requests !== step) return;
    recorded = [...backend.s3.objects.keys()].filter(
      (key) => key.includes(`${started.name}/a0/`) && key.includes("/traces/"),
    ).length;
    backend.pods.kill(root);
  };
  const output = await started.outputs();
  onRequest = () => {};
  return { effects: readFileSync(file, "utf8").trim().split("\n"), output, requests, recorded };
}

test("a container that is killed at any step loses nothing, and does nothing again that had ended", async () => {
  const undisturbed = await runKilledAt(-1);
  expect(undisturbed).toMatchObject({ output: ["first", 2, "second"], effects: ["first", "second"] });
  for (let step = 1; step <= undisturbed.requests; step += 1) {
    const { effects, output, recorded } = await runKilledAt(step);
    expect(output, `killed at ${step}`).toEqual(undisturbed.output);
    for (const [index, effect] of undisturbed.effects.entries()) {
      const times = effects.filter((each) => each === effect).length;
      // One that was not recorded yet may be repeated.
      expect(times, `${effect}, killed at ${step}`).toBeLessThanOrEqual(index < recorded ? 1 : 2);
      expect(times).toBeGreaterThan(0);
    }
  }
  expect(backend.pods.logs.text.split("adding one to 1,")).toHaveLength(undisturbed.requests + 2);
});

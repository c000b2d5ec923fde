import { cron, triggerTime } from "@appenv/core";
import { fromBinary } from "@bufbuild/protobuf";
import { InputsSchema } from "@appenv/protocol/tasks";
import { keyOf } from "@appenv-internal/conformance/flyte-backend/pods";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Run } from "../../src/run/run.ts";
import { Trigger } from "../../src/trigger/trigger.ts";
import { Cluster, place } from "../support/cluster.ts";
import { errorOf } from "../support/error-of.ts";

const automation = cron("0 6 * * *");
const inputs = { x: { kind: "integer" }, note: { kind: "string" } } as const;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});
afterAll(() => cluster.backend.close());

/** Fires a trigger, and gives the run's inputs as the client reads them. */
async function fire(task: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const { run } = cluster.backend.fire({ ...place, taskName: task, name });
  return (await Run.get(run.name, { endpoint: cluster.endpoint })).inputs();
}

test("the runs of a trigger have its inputs, labels and env vars; two triggers do not share their inputs", async () => {
  const { endpoint } = cluster;
  // Inputs that the cache ignores do not count for the place where the backend stores them.
  await cluster.task("math.daily", { inputs, ignoredInputs: ["note"] });
  const first = await Trigger.create(
    "math.daily",
    { name: "first", automation, inputs: { x: 1, note: "one" }, labels: { team: "shop" }, envVars: { LEVEL: "debug" } },
    { endpoint },
  );
  await Trigger.create("math.daily", { name: "second", automation, inputs: { x: 1, note: "two" } }, { endpoint });
  expect(await fire("math.daily", "first")).toEqual({ x: 1, note: "one" });
  expect(await fire("math.daily", "second")).toEqual({ x: 1, note: "two" });
  const [fired] = cluster.backend.state.actions;
  expect(fired?.runSpec).toMatchObject({
    labels: { values: { team: "shop" } },
    envs: { values: [{ key: "LEVEL", value: "debug" }] },
  });

  expect([first.revision, first.active, first.automation]).toEqual([1, true, automation]);
  await first.deactivate();
  const list = await Trigger.list({ endpoint, task: "math.daily" });
  expect(list.map(({ name, active }) => [name, active])).toEqual([
    ["first", false],
    ["second", true],
  ]);
  await first.delete();
  expect((await errorOf(Trigger.get("math.daily", "first", { endpoint }))).code).toBe("NOT_FOUND");
});

test("the time of a run is left to the runtime in the container, which fills in the input that is named to it", async () => {
  const { endpoint } = cluster;
  await cluster.task("math.timed", { inputs: { x: { kind: "integer" }, at: { kind: "datetime" } } });
  await Trigger.create("math.timed", { name: "timed", automation, inputs: { x: 1, at: triggerTime } }, { endpoint });
  const { inputUri } = cluster.backend.fire({ ...place, taskName: "math.timed", name: "timed" });
  const stored = fromBinary(InputsSchema, cluster.backend.s3.objects.get(keyOf(inputUri))!);
  expect(stored.literals.map(({ name }) => name)).toEqual(["x"]);
  expect(stored.context).toMatchObject([{ key: "_u_kickoff_time_input_arg", value: "at" }]);
});

test("settings that the backend would ignore are refused, and nothing is deployed", async () => {
  const { endpoint } = cluster;
  await cluster.task("math.node", { inputs: { at: { kind: "datetime" } }, type: "node" });
  for (const [trigger, text] of [
    [{ inputs: { at: new Date(0) }, overwriteCache: true }, "overwriteCache"],
    [{ inputs: { at: new Date(0) }, labels: { team: "web shop" } }, "label 'team'"],
  ] as const) {
    const error = await errorOf(Trigger.create("math.node", { name: "never", automation, ...trigger }, { endpoint }));
    expect(error.message).toContain(text);
  }
  expect(await Trigger.list({ endpoint, task: "math.node" })).toEqual([]);
});

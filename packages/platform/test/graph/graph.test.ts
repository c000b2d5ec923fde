import { dependsOnTasksVar, dependsOnVar } from "@appenv/core/internal";
import { expect, test } from "vitest";
import { CallRates } from "../../src/graph/call-rates.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { appId, definition } from "../support/app.ts";
import { taskDefinition, taskId, taskRecord } from "../support/fake-tasks.ts";

const place = { project: "flytesnacks", domain: "development" };

function count(kind: "app" | "task", name: string, calls: number, failures = 0, task?: string) {
  return { task, kind, name, calls, failures } as const;
}

test("calls are counted by caller and target, and their rates are of the last ten seconds", () => {
  let now = 5_000;
  const rates = new CallRates(() => now);
  rates.note({ ...place, subject: "app:front" }, [count("app", "back", 20, 5)]);
  now = 7_000;
  rates.note({ ...place, subject: "app:front" }, [count("app", "back", 30)]);
  rates.note({ ...place, subject: "task-environment:jobs" }, [
    count("app", "back", 1),
    count("app", "back", 2, 0, "jobs.a"),
  ]);
  const [front, job, ...more] = rates.edges();
  expect(more).toEqual([]);
  expect(front).toEqual({
    from: "app:flytesnacks/development/front",
    to: "app:flytesnacks/development/back",
    calls: 50,
    failures: 5,
    callsPerSecond: 5,
    failuresPerSecond: 0.5,
  });
  expect([job?.from, job?.callsPerSecond]).toEqual(["task:flytesnacks/development/jobs.a", 0.2]);
  now = 15_000;
  expect(rates.edges()[0]).toMatchObject({ calls: 50, callsPerSecond: 3, failuresPerSecond: 0 });
  now = 17_000;
  expect(rates.edges()[0]).toMatchObject({ calls: 50, callsPerSecond: 0 });
});

test("programs that make up names do not fill the memory", () => {
  const rates = new CallRates();
  const from = { ...place, subject: "app:front" };
  rates.note(
    from,
    Array.from({ length: 10_050 }, (_, index) => count("app", `app-${index}`, 1)),
  );
  rates.note(from, [count("app", "app-1", 1)]);
  expect(rates.edges()).toHaveLength(10_000);
  expect(rates.edges()[1]?.calls).toBe(2);
});

const short = (id: string) => id.split("/").at(-1);

test("a graph has what is there, and edges between that alone", () => {
  const rates = new CallRates();
  rates.note({ ...place, subject: "app:front" }, [
    count("app", "back", 1),
    count("app", "gone", 1),
    count("task", "add-one.add_one", 2),
  ]);
  const names = { [dependsOnVar]: JSON.stringify({ back: "back", gone: "gone", told: "told" }) };
  const parameter = { name: "told", type: "app_endpoint", value: "told", download: false } as const;
  const front = definition({
    envVars: names,
    parameters: [parameter],
    secrets: [{ key: "a", envVar: "A" }, { key: "a" }],
  });
  const { nodes, edges } = makeGraph({
    apps: [
      { id: appId("back"), definition: definition() },
      { id: appId("front"), definition: front },
      { id: appId("told"), definition: definition() },
    ],
    tasks: [taskRecord(taskId(), { ...taskDefinition(), envVars: names })],
    triggers: [],
    webhooks: [{ app: appId("front"), source: "bell" }],
    calls: rates.edges(),
  });
  expect(nodes.map(({ id }) => id)).toEqual([
    "app:flytesnacks/development/back",
    "app:flytesnacks/development/front",
    "app:flytesnacks/development/told",
    "environment:flytesnacks/development/add-one",
    "task:flytesnacks/development/add-one.add_one",
    "webhook:flytesnacks/development/front/bell",
  ]);
  expect(nodes[1]?.secrets).toEqual(["a"]);
  expect(edges.map(({ from, to, kinds, calls }) => [short(from), short(to), kinds.join(), calls.calls])).toEqual([
    ["front", "back", "depends-on,calls", 1],
    ["front", "told", "parameter", 0],
    ["add-one", "back", "depends-on", 0],
    ["add-one", "told", "depends-on", 0],
    ["bell", "front", "delivers", 0],
    ["front", "add-one.add_one", "calls", 2],
  ]);
});

const sameNames = (of: readonly string[]) => JSON.stringify(Object.fromEntries(of.map((name) => [name, name])));
const envVars = (apps: readonly string[], environments: readonly string[]) => {
  return { [dependsOnVar]: sameNames(apps), [dependsOnTasksVar]: sameNames(environments) };
};

function deployed(environment: string, name: string, vars: Record<string, string>, deployedAt: number) {
  const changed = { environment, taskName: name, envVars: vars };
  const record = taskRecord(taskId({ name: `${environment}.${name}` }), taskDefinition(changed));
  return { ...record, deployedAt: new Date(deployedAt) };
}

test("apps and environments depend on one another before any call, and a call that was declared says so", () => {
  const rates = new CallRates();
  rates.note({ ...place, subject: "task-environment:jobs" }, [
    count("task", "store.put", 1, 0, "jobs.a"),
    count("task", "jobs.b", 1, 0, "jobs.a"),
    count("app", "front", 1, 0, "jobs.a"),
  ]);
  const { nodes, edges } = makeGraph({
    apps: [
      { id: appId("back"), definition: definition() },
      { id: appId("front"), definition: definition({ envVars: envVars(["back"], ["jobs", "nowhere"]) }) },
    ],
    tasks: [
      deployed("jobs", "a", envVars(["back"], ["store"]), 2),
      deployed("jobs", "b", envVars(["back"], ["store"]), 2),
      // It left the code before the dependency did.
      deployed("jobs", "left", envVars(["front"], []), 1),
      deployed("store", "put", {}, 1),
    ],
    triggers: [],
    webhooks: [],
    calls: rates.edges(),
  });
  expect(nodes.map(({ kind, name, environment }) => [kind, name, short(environment)])).toEqual([
    ["app", "back", ""],
    ["app", "front", ""],
    ["environment", "jobs", ""],
    ["environment", "store", ""],
    ["task", "jobs.a", "jobs"],
    ["task", "jobs.b", "jobs"],
    ["task", "jobs.left", "jobs"],
    ["task", "store.put", "store"],
  ]);
  expect(edges.map(({ from, to, kinds }) => [short(from), short(to), kinds.join()])).toEqual([
    ["front", "back", "depends-on"],
    ["front", "jobs", "depends-on"],
    ["jobs", "back", "depends-on"],
    ["jobs", "store", "depends-on"],
    ["jobs.a", "store.put", "depends-on,calls"],
    ["jobs.a", "jobs.b", "calls"],
    ["jobs.a", "front", "calls"],
  ]);
});

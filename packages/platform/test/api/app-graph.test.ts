import { createClient } from "@connectrpc/connect";
import { dependsOnTasksVar, dependsOnVar, type NotedDelivery } from "@appenv/core/internal";
import { GraphService } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { appInit } from "../support/api.ts";
import { appId } from "../support/app.ts";
import { startTaskApi, taking } from "../support/task-api.ts";

const place = { project: "flytesnacks", domain: "development" };
const back = "app:flytesnacks/development/back";
const front = "app:flytesnacks/development/front";
const tasks = "environment:flytesnacks/development/add-one";

function delivery(source: string, verified: boolean): NotedDelivery {
  const texts = { id: "", replayOf: "", source, path: "/", delivery: "", type: "", reason: "", run: "" };
  return { ...texts, at: Date.now(), ms: 3, verified, bytes: 0, status: 202, headers: [], body: undefined };
}

test("the graph is told, again when an app comes, and then the calls of each second", async () => {
  const api = await startTaskApi();
  const graph = createClient(GraphService, api.transport);
  await api.apps.create({ app: appInit(appId("back")) });
  await api.apps.create({ app: appInit(appId("elsewhere", "other")) });
  const stream = taking((signal) => graph.watchGraph(place, { signal }));
  const ids = async () => (await stream.next()).graph?.nodes.map(({ id }) => id);
  const task = `${tasks.replace("environment", "task")}.add_one`;
  expect(await ids()).toEqual([back, tasks, task]);
  const envVars = { [dependsOnVar]: JSON.stringify({ back: "back" }) };
  await api.apps.create({ app: appInit(appId("front"), { envVars }) });
  expect(await ids()).toEqual([back, front, tasks, task]);
  const call = (calls: number, failures: number) =>
    api.note(
      { ...place, subject: "app:front" },
      {
        keys: [],
        deliveries: [],
        calls: [{ task: undefined, kind: "app", name: "back", calls, failures }],
      },
    );
  call(3, 1);
  // A first call changes the reasons of an edge.
  expect((await stream.next()).graph?.edges).toMatchObject([
    { from: front, to: back, kinds: ["depends-on", "calls"], calls: { calls: 3n, failures: 1n, callsPerSecond: 0.3 } },
  ]);
  call(2, 0);
  const { graph: whole, edges } = await stream.next();
  expect([whole, edges]).toMatchObject([
    undefined,
    [{ from: front, to: back, calls: { calls: 5n, callsPerSecond: 0.5 } }],
  ]);
  stream.end();
  expect((await graph.getGraph({})).graph?.nodes).toHaveLength(5);
  expect((await graph.getGraph({ project: "other" })).graph?.nodes.map(({ name }) => name)).toEqual(["elsewhere"]);
});

test("an app that depends on tasks has an edge before any call, until a revision drops it; a verified delivery makes a webhook", async () => {
  const api = await startTaskApi();
  const graph = createClient(GraphService, api.transport);
  const edges = async () =>
    (await graph.getGraph(place)).graph?.edges.map(({ from, to, kinds }) => [from, to, ...kinds]);
  const envVars = { [dependsOnTasksVar]: JSON.stringify({ "add-one": "add-one" }) };
  const { app } = await api.apps.create({ app: appInit(appId("front"), { envVars }) });
  expect(await edges()).toEqual([[front, tasks, "depends-on"]]);
  const { spec } = appInit(appId("front"));
  await api.apps.update({ app: { metadata: app?.metadata, spec } });
  expect(await edges()).toEqual([]);
  api.inbox.add(appId("front"), [delivery("bell", true), delivery("bell", true), delivery("forged", false)]);
  expect(await edges()).toEqual([["webhook:flytesnacks/development/front/bell", front, "delivers"]]);
});

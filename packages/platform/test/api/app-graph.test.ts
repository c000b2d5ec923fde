import { createClient } from "@connectrpc/connect";
import { dependsOnVar } from "@appenv/core/internal";
import { GraphService } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { appInit } from "../support/api.ts";
import { appId } from "../support/app.ts";
import { startTaskApi, taking } from "../support/task-api.ts";

const place = { project: "flytesnacks", domain: "development" };
const back = "app:flytesnacks/development/back";
const front = "app:flytesnacks/development/front";

test("the graph is told, again when an app comes, and then the calls of each second", async () => {
  const api = await startTaskApi();
  const graph = createClient(GraphService, api.transport);
  await api.apps.create({ app: appInit(appId("back")) });
  await api.apps.create({ app: appInit(appId("elsewhere", "other")) });
  const stream = taking((signal) => graph.watchGraph(place, { signal }));
  const ids = async () => (await stream.next()).graph?.nodes.map(({ id }) => id);
  const task = "task:flytesnacks/development/add-one.add_one";
  expect(await ids()).toEqual([back, task]);
  const envVars = { [dependsOnVar]: JSON.stringify({ back: "back" }) };
  await api.apps.create({ app: appInit(appId("front"), { envVars }) });
  expect(await ids()).toEqual([back, front, task]);
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
  expect((await graph.getGraph({})).graph?.nodes).toHaveLength(4);
  expect((await graph.getGraph({ project: "other" })).graph?.nodes.map(({ name }) => name)).toEqual(["elsewhere"]);
});

import { createClient } from "@connectrpc/connect";
import { ReplicaService, RevisionService } from "@appenv/protocol";
import { expect, test } from "vitest";
import { appId } from "../support/app.ts";
import { appInit, startApi } from "../support/api.ts";

test("replicas are told one by one, again after a change, and until the app is deleted", async () => {
  const { apps, controller, transport } = await startApi();
  const replicas = createClient(ReplicaService, transport);
  const id = appId("hello");
  await expect(replicas.listReplicas({ app: id })).rejects.toThrow("There is no such app.");
  await apps.create({ app: appInit(id) });
  const watch = replicas.watchReplicas({ app: id })[Symbol.asyncIterator]();
  expect((await watch.next()).value?.report).toMatchObject({ replicas: [], restarts: 0n });
  const startedAt = new Date("2026-01-02T03:04:05.000Z");
  // Code of an app can report any numbers.
  const load = { inFlight: Number.NaN, memoryBytes: -1, requests: 2.5, failures: 1e300 };
  const replica = {
    name: "hello-00001-abcdef",
    revision: 1,
    pid: 2 ** 30,
    state: "ready",
    startedAt,
    ...load,
  } as const;
  controller.change(id, { replicas: [replica] });
  const shown = { name: replica.name, revision: 1n, state: "ready", inFlight: 0, memoryBytes: 0n, requests: 3n };
  expect((await watch.next()).value?.report).toMatchObject({ replicas: [shown] });
  expect((await replicas.listReplicas({ app: id })).report).toMatchObject({ replicas: [shown] });
  const { revisions } = await createClient(RevisionService, transport).listRevisions({ app: id });
  expect(revisions).toMatchObject([{ number: 1n, changes: [] }]);
  await apps.delete({ appId: appInit(id).metadata.id });
  await expect(watch.next()).rejects.toThrow("There is no such app.");
});

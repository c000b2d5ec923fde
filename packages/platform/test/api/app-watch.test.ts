import { Code, ConnectError } from "@connectrpc/connect";
import { Status_DeploymentStatus, toIdentifier, type AppMessage, type WatchResponse } from "@appenv/protocol";
import { expect, test } from "vitest";
import { appId, definition } from "../support/app.ts";
import { startApi, type ApiFixture } from "../support/api.ts";

function describe({ event }: WatchResponse): string {
  if (event.case === "updateEvent") return `update ${state(event.value.oldApp)} -> ${state(event.value.updatedApp)}`;
  return `${event.case?.replace("Event", "")} ${state(event.value?.app)}`;
}

function state(app: AppMessage | undefined): string {
  const status = app?.status?.conditions.at(-1)?.deploymentStatus ?? Status_DeploymentStatus.UNSPECIFIED;
  return `${app?.metadata?.id?.project}/${app?.metadata?.id?.name} ${Status_DeploymentStatus[status]}`;
}

/** Takes one event after the other. */
function watch(api: ApiFixture, target: Parameters<ApiFixture["apps"]["watch"]>[0]["target"]) {
  const ending = new AbortController();
  const events = api.apps.watch({ target: target ?? { case: undefined } }, { signal: ending.signal });
  const iterator = events[Symbol.asyncIterator]();
  return {
    next: async () => describe((await iterator.next()).value as WatchResponse),
    end: () => ending.abort(),
    iterator,
  };
}

test("tells how the apps stand, then every change in order", async () => {
  const api = await startApi();
  const { controller } = api;
  await controller.apply(appId("one"), definition());
  controller.change(appId("one"), { phase: "ACTIVE", message: "Serves." });
  const all = watch(api, { case: "org", value: "" });
  expect(await all.next()).toBe("create flytesnacks/one ACTIVE");
  await controller.apply(appId("two"), definition());
  controller.change(appId("two"), { phase: "DEPLOYING" });
  controller.change(appId("two"), { replicas: [] });
  controller.change(appId("two"), { phase: "ACTIVE" });
  await controller.remove(appId("one"));
  expect(await all.next()).toBe("create flytesnacks/two PENDING");
  expect(await all.next()).toBe("update flytesnacks/two PENDING -> flytesnacks/two DEPLOYING");
  expect(await all.next()).toBe("update flytesnacks/two DEPLOYING -> flytesnacks/two ACTIVE");
  expect(await all.next()).toBe("delete flytesnacks/one ACTIVE");
  await controller.apply(appId("one"), definition());
  expect(await all.next()).toBe("create flytesnacks/one PENDING");
  all.end();
  await expect(all.iterator.next()).rejects.toThrow(ConnectError);
});

test("tells of one app only, not of its namesake elsewhere", async () => {
  const api = await startApi();
  const { controller } = api;
  const mine = watch(api, { case: "appId", value: toIdentifier(appId()) });
  const elsewhere = watch(api, { case: "project", value: { name: "other", domain: "", organization: "" } as never });
  const first = mine.next();
  const other = elsewhere.next();
  // Both streams are open once the server has subscribed for them, beside its own board.
  while (api.controller.listeners.size === 0) await new Promise(setImmediate);
  await controller.apply(appId("hello-app", "other"), definition());
  await controller.apply(appId(), definition());
  expect(await first).toBe("create flytesnacks/hello-app PENDING");
  expect(await other).toBe("create other/hello-app PENDING");
  mine.end();
  elsewhere.end();
});

test("ends for its clients when the platform closes", async () => {
  const api = await startApi();
  await api.controller.apply(appId(), definition());
  const all = watch(api, { case: "clusterId", value: { organization: "", name: "" } as never });
  await all.next();
  const next = all.iterator.next();
  next.catch(() => {});
  await api.close();
  await expect(next).rejects.toMatchObject({ code: Code.Unavailable });
});

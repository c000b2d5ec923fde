import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  AppService,
  errorCodeHeader,
  errorFixHeader,
  Filter_Function,
  fromSpec,
  Sort_Direction,
  Spec_DesiredState,
  Status_DeploymentStatus,
  toIdentifier,
  type AppMessage,
  type ListRequestSchema,
} from "@appenv/protocol";
import { describe, expect, test } from "vitest";
import { appId, definition } from "../support/app.ts";
import { appInit, startApi } from "../support/api.ts";

async function failure(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("the call did not fail");
}

function project(name: string, domain = "") {
  return { filterBy: { case: "project", value: { name, domain } } } as const;
}

function names(apps: readonly AppMessage[]): string[] {
  return apps.map(({ metadata }) => metadata?.id?.name ?? "");
}

describe("Create", () => {
  test("stores an app as asked and answers with its phase", async () => {
    const { apps, controller } = await startApi();
    const { app } = await apps.create({ app: appInit() });
    expect(app?.metadata?.revision).toBe(1n);
    expect(app?.status?.ingress?.publicUrl).toBe("http://localhost:9000");
    expect(app?.status?.conditions.map(({ deploymentStatus }) => deploymentStatus)).toEqual([
      Status_DeploymentStatus.PENDING,
    ]);
    expect(app?.spec && fromSpec(app.spec)).toEqual(definition());
    expect(controller.get(appId())?.definition).toEqual(definition());
    const again = await apps.create({ app: appInit(appId(), { port: 8081 }) });
    expect(again.app?.metadata?.revision).toBe(2n);
  });

  test.each([
    ["no app", {}, "The request names no app"],
    ["no spec", { app: { metadata: appInit().metadata } }, "has no spec"],
    ["no payload", { app: { metadata: appInit().metadata, spec: {} } }, "has no container or pod"],
    ["a long name", { app: appInit(appId("a".repeat(31))) }, "at most 30 letters"],
    ["a bad name", { app: appInit(appId("../etc")) }, "at most 30 letters"],
    [
      "a bad quantity",
      { app: appInit(appId(), { resources: [{ name: "cpu", request: "1", limit: "lots" }] }) },
      "'lots'",
    ],
    ["bad replicas", { app: appInit(appId(), { replicas: { min: 3, max: 1 } }) }, "[3, 1]"],
  ])("refuses %s", async (_, request, message) => {
    const { apps, controller } = await startApi();
    const error = await failure(apps.create(request));
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage).toContain(message);
    expect(error.metadata.get(errorCodeHeader)).toBe("INVALID_OPTION");
    expect(controller.apps.size).toBe(0);
  });

  test("refuses a bundle that was not uploaded", async () => {
    const { apps } = await startApi();
    const uri = `appenv://bundles/${"0".repeat(32)}.mjs`;
    const launch = { kind: "bundle", uri, environment: "env", workdir: "/", preload: [] } as const;
    const error = await failure(apps.create({ app: appInit(appId(), { launch }) }));
    expect(error.metadata.get(errorCodeHeader)).toBe("LOAD_FAILED");
    expect(decodeURIComponent(error.metadata.get(errorFixHeader) ?? "")).toBe(
      "Serve the app again: `appenv serve FILE`.",
    );
  });
});

describe("Get", () => {
  test("finds an app by its identity and by its URL, with its last transitions in order", async () => {
    const { apps, controller } = await startApi();
    await controller.apply(appId(), definition());
    for (let index = 0; index < 6; index += 1) {
      controller.change(appId(), { phase: "DEPLOYING", message: "Starts." });
      controller.change(appId(), { phase: "DEPLOYING", message: "Starts still." });
      controller.change(appId(), { phase: "FAILED", message: `[START_FAILED] attempt ${index}` });
    }
    controller.change(appId(), { readyReplicas: 2 });
    const { app } = await apps.get({ identifier: { case: "appId", value: toIdentifier(appId()) } });
    const conditions = app?.status?.conditions.map(({ deploymentStatus, message }) => [deploymentStatus, message]);
    expect(conditions).toHaveLength(10);
    expect(conditions?.slice(-3)).toEqual([
      [Status_DeploymentStatus.FAILED, "[START_FAILED] attempt 4"],
      [Status_DeploymentStatus.DEPLOYING, "Starts still."],
      [Status_DeploymentStatus.FAILED, "[START_FAILED] attempt 5"],
    ]);
    expect(app?.status?.currentReplicas).toBe(2);
    const byUrl = await apps.get({ identifier: { case: "ingress", value: { publicUrl: "http://localhost:9000/" } } });
    expect(byUrl.app?.metadata?.id?.name).toBe("hello-app");
  });

  test("names an app that does not exist", async () => {
    const { apps } = await startApi();
    const byId = await failure(apps.get({ identifier: { case: "appId", value: toIdentifier(appId("nobody")) } }));
    expect(byId.code).toBe(Code.NotFound);
    expect(byId.rawMessage).toBe("There is no app 'nobody' in flytesnacks/development.");
    const byUrl = await failure(apps.get({ identifier: { case: "ingress", value: { publicUrl: "" } } }));
    expect(byUrl.code).toBe(Code.NotFound);
    expect((await failure(apps.get({}))).code).toBe(Code.InvalidArgument);
  });
});

describe("Update and Delete", () => {
  test("stop, start again with a whole spec, and delete twice", async () => {
    const { apps, controller } = await startApi();
    await apps.create({ app: appInit() });
    const { metadata } = appInit();
    const stopped = await apps.update({ app: { metadata, spec: { desiredState: Spec_DesiredState.STOPPED } } });
    expect(stopped.app?.status?.conditions.at(-1)?.deploymentStatus).toBe(Status_DeploymentStatus.STOPPED);
    expect(controller.get(appId())?.definition).toEqual(definition());
    const started = await apps.update({ app: appInit(), reason: "again" });
    expect(started.app?.status?.conditions.at(-1)?.deploymentStatus).toBe(Status_DeploymentStatus.PENDING);
    await apps.delete({ appId: toIdentifier(appId()) });
    await apps.delete({ appId: toIdentifier(appId()) });
    expect(controller.apps.size).toBe(0);
    expect((await failure(apps.update({ app: appInit() }))).code).toBe(Code.NotFound);
  });

  test("leave to clusters what clusters need", async () => {
    const { apps } = await startApi();
    expect((await failure(apps.updateStatus({}))).code).toBe(Code.Unimplemented);
    const lease = apps.lease({})[Symbol.asyncIterator]();
    expect((await failure(lease.next())).code).toBe(Code.Unimplemented);
  });
});

describe("List", () => {
  test("goes through all apps in pages by name, whatever is deleted meanwhile", async () => {
    const { apps, controller } = await startApi();
    for (let index = 0; index < 25; index += 1) {
      await controller.apply(appId(`app-${String(24 - index).padStart(2, "0")}`), definition());
    }
    const first = await apps.list({ request: { limit: 10 } });
    expect(names(first.apps)).toEqual(Array.from({ length: 10 }, (_, index) => `app-0${index}`));
    await controller.remove(appId("app-09"));
    await controller.remove(appId("app-11"));
    const second = await apps.list({ request: { limit: 10, token: first.token } });
    expect(names(second.apps).slice(0, 2)).toEqual(["app-10", "app-12"]);
    const third = await apps.list({ request: { limit: 10, token: second.token } });
    expect(names(third.apps).at(-1)).toBe("app-24");
    expect(third.token).toBe("");
  });

  test("has a hundred apps a page by default, and can be of one project", async () => {
    const { apps, controller } = await startApi();
    for (let index = 0; index < 130; index += 1) await controller.apply(appId(`app-${index}`), definition());
    await controller.apply(appId("app", "other"), definition());
    expect((await apps.list({})).apps).toHaveLength(100);
    expect((await apps.list({ request: { limit: 1000 } })).apps).toHaveLength(131);
    expect(names((await apps.list(project("other"))).apps)).toEqual(["app"]);
    expect((await apps.list(project("other", "production"))).apps).toEqual([]);
    expect((await apps.list({ filterBy: { case: "org", value: "any" } })).token).not.toBe("");
    for (const token of ["?", Buffer.from('{"a":1}').toString("base64url")]) {
      expect((await failure(apps.list({ request: { token } }))).code).toBe(Code.InvalidArgument);
    }
  });
});

function by(key: string, direction = Sort_Direction.ASCENDING) {
  return { sortBy: { key, direction } };
}

test("apps are listed in the order, and with the status, that is asked for", async () => {
  const { apps, controller } = await startApi();
  for (const [index, name] of ["b", "c", "a"].entries()) {
    await controller.apply(appId(name), definition());
    controller.change(appId(name), { createdAt: new Date(index) });
  }
  controller.change(appId("c"), { phase: "FAILED" });
  const listed = async (request: MessageInitShape<typeof ListRequestSchema>["request"]) =>
    names((await apps.list({ ...(request && { request }) })).apps);
  expect(await listed(by("name", Sort_Direction.DESCENDING))).toEqual(["c", "b", "a"]);
  expect(await listed(by("created_at"))).toEqual(["b", "c", "a"]);
  expect(await listed(by("created_at", Sort_Direction.DESCENDING))).toEqual(["a", "c", "b"]);
  const first = await apps.list({ request: { ...by("created_at"), limit: 2 } });
  const rest = await listed({ ...by("created_at"), token: first.token });
  expect([...names(first.apps), ...rest]).toEqual(["b", "c", "a"]);
  const status = { field: "status_phase", function: Filter_Function.EQUAL, values: ["DEPLOYMENT_STATUS_FAILED"] };
  expect(await listed({ filters: [status] })).toEqual(["c"]);
  for (const wrong of [by("colour"), { filters: [{ ...status, field: "colour" }] }]) {
    expect((await failure(apps.list({ request: wrong }))).code).toBe(Code.InvalidArgument);
  }
});

test("the same services answer gRPC over HTTP/2 on the same port", async () => {
  const { endpoint, controller } = await startApi();
  await controller.apply(appId(), definition());
  const client = createClient(AppService, createGrpcTransport({ baseUrl: endpoint }));
  expect(names((await client.list({})).apps)).toEqual(["hello-app"]);
  const missing = await failure(client.get({ identifier: { case: "appId", value: toIdentifier(appId("x")) } }));
  expect(missing.metadata.get(errorCodeHeader)).toBe("NOT_FOUND");
});

import { Code, ConnectError } from "@connectrpc/connect";
import { LogLineOriginator, toIdentifier, type TailLogsResponse } from "@appenv/protocol";
import { expect, test } from "vitest";
import { appId, definition } from "../support/app.ts";
import { startApi, type ApiFixture } from "../support/api.ts";

function describe({ resp }: TailLogsResponse): string[] {
  if (resp.case === "replicas") return [`replicas ${resp.value.replicas.map(({ name }) => name).join(" ")}`.trim()];
  if (resp.case !== "batches") return [String(resp.case)];
  if (resp.value.logs.length === 0) return ["caught up"];
  return resp.value.logs.flatMap(({ replicaId, structuredLines }) =>
    structuredLines.map(({ message, originator, timestamp }) =>
      [replicaId?.name, LogLineOriginator[originator], message, timestamp === undefined ? "?" : ""].join(" ").trim(),
    ),
  );
}

function tail(api: ApiFixture, replica?: string) {
  const ending = new AbortController();
  const id = toIdentifier(appId());
  const target =
    replica === undefined
      ? ({ case: "appId", value: id } as const)
      : ({ case: "replicaId", value: { appId: id, name: replica } } as const);
  const iterator = api.appLogs.tailLogs({ target }, { signal: ending.signal })[Symbol.asyncIterator]();
  const next = async () => describe((await iterator.next()).value as TailLogsResponse);
  return { next, end: () => ending.abort() };
}

test("names the replicas, sends the lines that are there, then new ones", async () => {
  const api = await startApi();
  await api.controller.apply(appId(), definition());
  api.logs.write(appId(), "r1", "stdout", ["one"]);
  api.logs.write(appId(), "r1", "platform", ["ready"]);
  const lines = tail(api);
  expect(await lines.next()).toEqual(["replicas r1"]);
  expect(await lines.next()).toEqual(["r1 USER one", "r1 SYSTEM ready"]);
  expect(await lines.next()).toEqual(["caught up"]);
  api.logs.write(appId(), "r2", "stderr", ["two"]);
  expect(await lines.next()).toEqual(["r2 USER two"]);
  lines.end();
});

test("takes one replica", async () => {
  const api = await startApi();
  for (const replica of ["r1", "r2"]) api.logs.write(appId(), replica, "stdout", [`from ${replica}`]);
  const lines = tail(api, "r2");
  expect(await lines.next()).toEqual(["replicas r2"]);
  expect(await lines.next()).toEqual(["r2 USER from r2"]);
  lines.end();
  await expect(tail(api, "r3").next()).rejects.toMatchObject({ code: Code.NotFound });
});

test("waits for an app that has not said anything yet", async () => {
  const api = await startApi();
  await api.controller.apply(appId(), definition());
  const lines = tail(api);
  expect(await lines.next()).toEqual(["replicas"]);
  expect(await lines.next()).toEqual(["caught up"]);
  api.logs.write(appId(), "r1", "stdout", ["hello"]);
  expect(await lines.next()).toEqual(["r1 USER hello"]);
  lines.end();
});

test("does not wait where nothing can come", async () => {
  const api = await startApi();
  await expect(tail(api).next()).rejects.toMatchObject({ code: Code.NotFound });
  await api.controller.apply(appId(), definition());
  await api.controller.stop(appId());
  await expect(tail(api).next()).rejects.toThrow("There are no logs of the app 'hello-app'");
  const nothing = api.appLogs.tailLogs({})[Symbol.asyncIterator]();
  await expect(nothing.next()).rejects.toThrow(ConnectError);
});

test("sends a long history in messages that gRPC clients take", async () => {
  const api = await startApi();
  const long = "x".repeat(60_000);
  api.logs.write(
    appId(),
    "r1",
    "stdout",
    Array.from({ length: 60 }, (_, index) => `${index} ${long}`),
  );
  const lines = tail(api);
  expect(await lines.next()).toEqual(["replicas r1"]);
  const sizes: number[] = [];
  for (let got = await lines.next(); got[0] !== "caught up"; got = await lines.next()) sizes.push(got.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60);
  expect(Math.max(...sizes)).toBe(18);
  lines.end();
});

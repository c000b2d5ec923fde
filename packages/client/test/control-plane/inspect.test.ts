import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { startFront } from "@appenv-internal/conformance/flyte-backend/cut";
import { expect, onTestFinished, test } from "vitest";
import { inspectControlPlane } from "../../src/control-plane/inspect.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";

test("a Flyte backend is looked at as a deploy uses it, and nothing is stored there", async () => {
  const backend = await startFlyteBackend();
  onTestFinished(() => backend.close());
  const { endpoint, s3 } = backend;
  expect(await inspectControlPlane({ endpoint })).toEqual([
    { check: "endpoint", status: "ok", found: `${endpoint} is a Flyte backend` },
    { check: "project", status: "ok", found: "project 'flytesnacks' is there" },
    { check: "apps", status: "ok", found: "it serves apps" },
    { check: "upload", status: "ok", found: `code is uploaded to ${s3.endpoint}` },
  ]);
  expect([...s3.objects.keys()]).toEqual([]);
  expect(await inspectControlPlane({ endpoint, project: "nope" })).toEqual([
    expect.objectContaining({ check: "endpoint", status: "ok" }),
    expect.objectContaining({ check: "project", status: "fail", fix: expect.stringContaining("'flytesnacks'") }),
  ]);
  const front = await startFront(endpoint);
  onTestFinished(() => front.close());
  front.always("AppService/", { kind: "answer", status: 404 });
  const withoutApps = await inspectControlPlane({ endpoint: front.endpoint });
  expect(withoutApps).toContainEqual(expect.objectContaining({ check: "apps", status: "warn" }));
  await s3.close();
  expect((await inspectControlPlane({ endpoint })).at(-1)).toMatchObject({ check: "upload", status: "fail" });
});

test("anything else is named", async () => {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await inspectControlPlane({ endpoint })).toEqual([
    expect.objectContaining({ check: "endpoint", status: "fail", found: expect.stringContaining("no Flyte backend") }),
  ]);
  await using platform = await FakeControlPlane.start({ home: "/somewhere" });
  expect(await inspectControlPlane({ endpoint: platform.endpoint })).toEqual([
    expect.objectContaining({ status: "ok", found: expect.stringContaining("AppEnv's own platform") }),
  ]);
});

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import {
  ApiKeyService,
  AppSchema,
  AppService,
  fromIdentifier,
  Status_DeploymentStatus,
  toIdentifier,
} from "../src/index.ts";
import { phaseName, phaseStatus, sameApp } from "../src/internal.ts";

test("an identity goes into Flyte's message and back", () => {
  const id = { project: "p", domain: "d", name: "n" };
  expect(fromIdentifier(toIdentifier(id))).toEqual(id);
  expect(fromIdentifier(undefined)).toEqual({ project: "", domain: "", name: "" });
  expect(sameApp(id, { ...id })).toBe(true);
  expect(sameApp(id, { ...id, project: "other" })).toBe(false);
});

test("phases are Flyte's names", () => {
  expect(phaseName(Status_DeploymentStatus.ACTIVE)).toBe("ACTIVE");
  expect(phaseName(99 as Status_DeploymentStatus)).toBe("UNSPECIFIED");
  expect(phaseStatus("DEPLOYING")).toBe(10);
});

test("an app crosses the wire, with fields of a newer Flyte kept", () => {
  const app = create(AppSchema, { metadata: { id: { name: "n" }, revision: 3n, labels: { a: "b" } } });
  // Field 99, a varint: what this version does not know.
  const wire = new Uint8Array([...toBinary(AppSchema, app), 0x98, 0x06, 0x01]);
  expect(toBinary(AppSchema, fromBinary(AppSchema, wire))).toEqual(wire);
});

test("the services are Flyte's", () => {
  expect(AppService.typeName).toBe("flyteidl2.app.AppService");
  expect(AppService.method.watch.methodKind).toBe("server_streaming");
});

test("keys are made over Connect", async () => {
  const transport = createRouterTransport(({ service }) => {
    service(ApiKeyService, { createApiKey: ({ name }) => ({ id: "1", name, key: "text" }) });
  });
  expect(await createClient(ApiKeyService, transport).createApiKey({ name: "ci" })).toMatchObject({
    name: "ci",
    key: "text",
  });
});

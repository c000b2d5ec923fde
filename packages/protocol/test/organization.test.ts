import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { withOrganization } from "../src/index.ts";
import { CreateRunRequestSchema, EnqueueRequestSchema, ListTriggersRequestSchema } from "../src/tasks/index.ts";

const place = { project: "p", domain: "d" };

test("identifiers at any depth name the organisation, unless they name one; what was given stays as it is", () => {
  const request = create(CreateRunRequestSchema, {
    id: { case: "runId", value: { ...place, name: "r" } },
    task: { case: "taskId", value: { ...place, org: "own", name: "t", version: "v" } },
    inputWrapper: { case: "inputs", value: { literals: [{ name: "x" }] } },
  });
  const sent = withOrganization(CreateRunRequestSchema, request, "acme");
  expect(sent).toMatchObject({ id: { value: { org: "acme", name: "r" } }, task: { value: { org: "own" } } });
  expect([request.id.value?.$typeName, request]).toMatchObject([
    "flyteidl2.common.RunIdentifier",
    { id: { value: { org: "" } } },
  ]);
  expect(sent.inputWrapper.value).toBe(request.inputWrapper.value);
});

test("a choice that was not made stays open", () => {
  const scopes = create(ListTriggersRequestSchema, {});
  expect(withOrganization(ListTriggersRequestSchema, scopes, "acme").scopeBy).toEqual({ case: undefined });
  const named = create(ListTriggersRequestSchema, { scopeBy: { case: "taskName", value: { ...place, name: "t" } } });
  expect(withOrganization(ListTriggersRequestSchema, named, "acme").scopeBy).toMatchObject({ value: { org: "acme" } });
  expect(withOrganization(EnqueueRequestSchema, create(EnqueueRequestSchema), "acme").action).toBeUndefined();
});

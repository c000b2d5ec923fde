import { RunService } from "@appenv/protocol/tasks";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { startFlyteBackend } from "../src/flyte-backend/backend.ts";

test("a request that breaks a rule of Flyte's definitions fails the test, with the message, the field and the rule", async () => {
  const backend = await startFlyteBackend();
  const runs = createClient(RunService, createConnectTransport({ baseUrl: backend.endpoint, httpVersion: "1.1" }));
  const runId = { org: "local", project: "flytesnacks", domain: "development" };
  await expect(runs.getRunDetails({ runId: { ...runId, name: "r1" } })).rejects.toThrow("not found");
  expect([...backend.violations]).toEqual([]);
  await expect(runs.getRunDetails({ runId: { ...runId, name: "r".repeat(31) } })).rejects.toThrow("not found");
  await expect(backend.close()).rejects.toThrow(
    "flyteidl2.workflow.GetRunDetailsRequest: run_id.name: must be at most 30 characters [string.max_len]",
  );
});

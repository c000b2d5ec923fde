import { run } from "@appenv/core";
import { AuthorizationServer } from "@appenv-internal/conformance/flyte-backend/auth/authorization-server";
import { robot } from "@appenv-internal/conformance/flyte-backend/auth/robot";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { twice } from "./fixtures/tasks.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a task calls a child on a backend that wants a token from its container too", async () => {
  const server = await AuthorizationServer.start({ redirectUri: "http://localhost:53593/callback" });
  onTestFinished(() => server.close());
  const backend = await startFlyteBackend({ auth: { server } });
  onTestFinished(() => backend.close());
  const key = Buffer.from(`${backend.endpoint}:${robot.id}:${robot.secret}:`).toString("base64");
  for (const [name, value] of [
    ["XDG_CONFIG_HOME", tempDirectory()],
    ["FLYTE_API_KEY", key],
    ["FLYTE_ADMIN_SCOPES", "all"],
  ] as const) {
    vi.stubEnv(name, value);
  }
  const started = await run(twice, { x: 3 }, { endpoint: backend.endpoint });
  expect(await started.outputs()).toBe(5);
  expect(backend.pods.logs.text).not.toContain(robot.secret);
});

import { expect, test } from "vitest";
import { appContext } from "../src/index.ts";
import { importTool } from "../src/internal.ts";

test("inside a replica the context has the platform's project and domain", () => {
  const env = { FLYTE_INTERNAL_EXECUTION_PROJECT: "shop", FLYTE_INTERNAL_EXECUTION_DOMAIN: "production" };
  expect(appContext(env)).toEqual({ mode: "remote", project: "shop", domain: "production" });
});

test("anywhere else it is local", () => {
  expect(appContext({})).toEqual({ mode: "local", project: undefined, domain: undefined });
});

test("a package that is not installed is named, with the command that installs it", async () => {
  const importing = importTool("@appenv/does-not-exist");
  await expect(importing).rejects.toMatchObject({
    code: "MISSING_PACKAGE",
    message: expect.stringContaining("'@appenv/does-not-exist'"),
    fix: expect.stringContaining("npm install"),
  });
});

test("a package beside core is found", async () => {
  await expect(importTool("@appenv/core")).resolves.toHaveProperty("AppEnvironment");
});

import { AppEndpoint, Dir, File, serve } from "@appenv/core";
import { expect, expectTypeOf, test } from "vitest";
import { WebhookAppEnvironment } from "../src/index.ts";

test("hooks get parameters typed by how they were declared", () => {
  const environment = new WebhookAppEnvironment({
    name: "typed",
    parameters: [
      { name: "model", value: new File("model.bin") },
      { name: "data", type: "directory" },
      { name: "backend", value: new AppEndpoint("backend") },
    ],
  });
  const hook = environment.onStartup(({ parameters }) => {
    expectTypeOf(parameters).toEqualTypeOf<{ readonly model: File; readonly data: Dir; readonly backend: string }>();
  });
  expectTypeOf(serve).toBeCallableWith(environment);
  expect(environment.hooks.onStartup).toBe(hook);
  expect(environment.parameters.map(({ type }) => type)).toEqual(["file", "directory", "app_endpoint"]);
});

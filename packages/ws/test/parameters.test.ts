import { AppEndpoint, FlyteDir, FlyteFile, serve } from "@appenv/core";
import { expect, expectTypeOf, test } from "vitest";
import { WebSocketAppEnvironment } from "../src/index.ts";

test("hooks get parameters typed by how they were declared", () => {
  const environment = new WebSocketAppEnvironment({
    name: "typed",
    parameters: [
      { name: "model", value: new FlyteFile("model.bin") },
      { name: "data", type: "directory" },
      { name: "backend", value: new AppEndpoint("backend") },
    ],
  });
  const hook = environment.onStartup(({ parameters }) => {
    expectTypeOf(parameters).toEqualTypeOf<{
      readonly model: FlyteFile;
      readonly data: FlyteDir;
      readonly backend: string;
    }>();
  });
  expectTypeOf(serve).toBeCallableWith(environment);
  expect(environment.hooks.onStartup).toBe(hook);
  expect(environment.parameters.map(({ type }) => type)).toEqual(["file", "directory", "app_endpoint"]);
});

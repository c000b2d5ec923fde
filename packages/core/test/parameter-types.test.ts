import { expect, expectTypeOf, test } from "vitest";
import {
  AppEndpoint,
  AppEnvironment,
  ArtifactValue,
  FlyteDir,
  FlyteFile,
  Parameter,
  RunOutput,
  serve,
  type ResolvedValue,
} from "../src/index.ts";

test("hooks get parameters typed by how they were declared", () => {
  const environment = new AppEnvironment({
    name: "typed",
    parameters: [
      { name: "mode", value: "fast" },
      { name: "model", value: new FlyteFile("model.bin"), mount: "/models/" },
      { name: "data", value: new FlyteDir("data") },
      { name: "backend", value: new AppEndpoint("backend") },
      { name: "text", value: new RunOutput({ type: "string", runName: "r1" }) },
      { name: "trained", value: new RunOutput({ type: "file", taskName: "train.model" }) },
      { name: "tables", value: new RunOutput({ type: "directory", taskName: "train.tables" }) },
      { name: "artifact", value: new ArtifactValue({ name: "model", type: "directory" }) },
      { name: "later" },
      { name: "later-file", type: "file" },
      { name: "as-file", type: "file", value: "model.bin" },
      new Parameter({ name: "made", value: new FlyteFile("made.bin") }),
    ],
  });
  const hook = environment.onStartup(({ parameters }) => {
    expectTypeOf(parameters.mode).toEqualTypeOf<string>();
    expectTypeOf(parameters.model).toEqualTypeOf<FlyteFile>();
    expectTypeOf(parameters.data).toEqualTypeOf<FlyteDir>();
    expectTypeOf(parameters.backend).toEqualTypeOf<string>();
    expectTypeOf(parameters.text).toEqualTypeOf<string>();
    expectTypeOf(parameters.trained).toEqualTypeOf<FlyteFile>();
    expectTypeOf(parameters.tables).toEqualTypeOf<FlyteDir>();
    expectTypeOf(parameters.artifact).toEqualTypeOf<FlyteDir>();
    expectTypeOf(parameters.later).toEqualTypeOf<string | FlyteFile | FlyteDir>();
    expectTypeOf(parameters["later-file"]).toEqualTypeOf<FlyteFile>();
    expectTypeOf(parameters["as-file"]).toEqualTypeOf<FlyteFile>();
    expectTypeOf(parameters.made).toEqualTypeOf<FlyteFile>();
    // @ts-expect-error: no parameter has this name.
    void parameters.modle;
    // @ts-expect-error: a FlyteFile is no FlyteDir.
    const dir: FlyteDir = parameters.model;
    void dir;
  });
  expect(environment.hooks.onStartup).toBe(hook);
  environment.onShutdown(async ({ parameters }) => {
    expectTypeOf(parameters.mode).toEqualTypeOf<string>();
  });
  environment.server(({ parameters }) => {
    expectTypeOf(parameters.model).toEqualTypeOf<FlyteFile>();
    return (_request, response) => response.end();
  });
  // Whoever takes any environment takes this one.
  expectTypeOf(serve).toBeCallableWith(environment);
  expectTypeOf(environment.cloneWith({ name: "clone" })).toEqualTypeOf(environment);
  expect(environment.parameters.map(({ type }) => type)).toEqual([
    "string",
    "file",
    "directory",
    "app_endpoint",
    "string",
    "file",
    "directory",
    "directory",
    undefined,
    "file",
    "file",
    "file",
  ]);
});

test("without names that the compiler knows, a parameter may be anything", () => {
  const parameters = [{ name: "mode", value: "fast" }];
  const listed = new AppEnvironment({ name: "listed", parameters });
  listed.onStartup(({ parameters: { mode } }) => {
    expectTypeOf(mode).toEqualTypeOf<ResolvedValue | undefined>();
  });
  const bare = new AppEnvironment({ name: "bare" });
  bare.onStartup(({ parameters: { mode } }) => {
    expectTypeOf(mode).toEqualTypeOf<ResolvedValue | undefined>();
  });
  expect([listed.parameters.length, bare.parameters.length]).toEqual([1, 0]);
});

import { resolve } from "node:path";
import {
  AppEndpoint,
  ArtifactValue,
  FlyteDir,
  FlyteFile,
  TaskEnvironment,
  type AppEnvironmentOptions,
} from "@appenv/core";
import { fromSpec, type AppDefinition } from "@appenv/protocol";
import { expect, test } from "vitest";
import { deploy, serve } from "../../src/serve/serve.ts";
import { environment } from "../support/environment.ts";
import { errorOf } from "../support/error-of.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";

const embedded = { home: "/somewhere" };

function definition(fake: FakeControlPlane, name: string): AppDefinition {
  const spec = fake.apps.get(`flytesnacks/development/${name}`)?.spec;
  if (spec === undefined) throw new Error(`There is no '${name}'.`);
  return fromSpec(spec);
}

const parameters = [
  { name: "mode", value: "slow" },
  { name: "model", value: new FlyteFile("model.bin"), envVar: "MODEL", mount: "/models/", ignorePatterns: ["*.tmp"] },
  { name: "data", type: "directory", download: false },
  { name: "other", value: new AppEndpoint("elsewhere", { public: true }) },
] as const;

const image: Partial<AppEnvironmentOptions> = { image: "registry/app:1" };

test("an app's replicas are told of its parameters, with the values that were given", async () => {
  await using fake = await FakeControlPlane.start(embedded);
  const back = environment({ name: "back", parameters });
  const front = environment({ name: "front", dependsOn: [back], parameters });
  await serve(front, {
    endpoint: fake.endpoint,
    parameters: { data: "data/today", model: "here.bin", other: "third" },
    parameterValues: { back: { data: new FlyteDir("/srv/data"), mode: "fast" }, front: { mode: "medium" } },
  });
  const model = {
    name: "model",
    type: "file",
    download: true,
    envVar: "MODEL",
    mount: "/models/",
    ignorePatterns: ["*.tmp"],
  };
  expect(definition(fake, "front").parameters).toEqual([
    { name: "mode", type: "string", value: "medium", download: false },
    // A path that is given is meant from here; what is not fetched is given as it is.
    { ...model, value: resolve("here.bin") },
    { name: "data", type: "directory", value: "data/today", download: false },
    { name: "other", type: "app_endpoint", value: "third", public: true, download: false },
  ]);
  expect(definition(fake, "back").parameters).toEqual([
    { name: "mode", type: "string", value: "fast", download: false },
    { ...model, value: "model.bin" },
    { name: "data", type: "directory", value: "/srv/data", download: false },
    { name: "other", type: "app_endpoint", value: "elsewhere", public: true, download: false },
  ]);
  expect(definition(fake, "front").envVars).toEqual({ APPENV_DEPENDS_ON: '{"back":"back","third":"third"}' });
});

test("a container of a cluster gets them too, unless it runs something else", async () => {
  await using fake = await FakeControlPlane.start();
  const app = environment({ name: "app", ...image, command: [], parameters: [{ name: "mode", value: "slow" }] });
  await deploy([app], { endpoint: fake.endpoint, copyStyle: "none", parameters: { mode: "fast" } });
  expect(definition(fake, "app")).toMatchObject({
    launch: { args: expect.arrayContaining(["appenv-replica"]) },
    parameters: [{ name: "mode", value: "fast" }],
  });
  const other = environment({ name: "other", ...image, parameters: [{ name: "mode", value: "slow" }] });
  const error = await errorOf(deploy([other], { endpoint: fake.endpoint }));
  expect(error).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("'other'") });
});

test.each([
  ["no value", {}, {}, "'p' of 'app' has no value", "--param p=VALUE"],
  ["an artifact", { value: new ArtifactValue({ name: "model" }) }, {}, "'p' of 'app' is an artifact", "RunOutput"],
  ["a name that is unknown", { value: "" }, { parameters: { q: "" } }, "'app' has no parameter 'q'", "'p'"],
  ["an app that is unknown", { value: "" }, { parameterValues: { other: {} } }, "'other'", "'app'"],
  [
    "another kind",
    { value: new FlyteFile("a") },
    { parameters: { p: new FlyteDir("a") } },
    "cannot be a FlyteDir",
    "a FlyteFile",
  ],
  ["no value at all", { value: "" }, { parameters: { p: 5 } }, "cannot be 5", "a text"],
])("before anything is brought up it refuses: %s", async (_case, parameter, options, message, fix) => {
  await using fake = await FakeControlPlane.start(embedded);
  const app = environment({
    name: "app",
    dependsOn: [environment({ name: "needed" })],
    parameters: [{ name: "p", ...parameter }],
  });
  const error = await errorOf(serve(app, { endpoint: fake.endpoint, ...(options as object) }));
  expect(["PARAMETER_FAILED", "UNSUPPORTED"]).toContain(error.code);
  expect(error).toMatchObject({ message: expect.stringContaining(message), fix: expect.stringContaining(fix) });
  expect(fake.apps.size).toBe(0);
});

test("an app further down is named in how to give it a value; tasks have no parameters", async () => {
  await using fake = await FakeControlPlane.start(embedded);
  const needed = environment({ name: "needed", parameters: [{ name: "p" }] });
  const inner = await errorOf(serve(environment({ name: "app", dependsOn: [needed] }), { endpoint: fake.endpoint }));
  expect(inner.fix).toContain("--param needed.p=VALUE");
  const tasks = new TaskEnvironment({ name: "tasks" });
  const error = await errorOf(deploy([tasks], { endpoint: fake.endpoint, parameters: { p: "x" } }));
  expect(error.message).toContain("no app that the parameter 'p'");
});

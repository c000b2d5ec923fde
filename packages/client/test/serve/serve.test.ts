import { createHash } from "node:crypto";
import { AppEnvironment } from "@appenv/core";
import { fromSpec, type AppDefinition } from "@appenv/protocol";
import { describe, expect, test } from "vitest";
import { loadEnvironments } from "../../src/load/load-environments.ts";
import { deploy, serve } from "../../src/serve/serve.ts";
import { errorOf } from "../support/error-of.ts";
import { environment } from "../support/environment.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";
import { Project } from "../support/project.ts";

const embedded = { home: "/somewhere" };

/** Environments declared in a file of their own, as users have them. */
async function environmentsOf(project: Project, text: string): Promise<Record<string, AppEnvironment>> {
  project.write({ "app.ts": `import { AppEnvironment } from "@appenv/core";\n${text}` });
  const { environments } = await loadEnvironments(project.path("app.ts"));
  return Object.fromEntries(environments) as Record<string, AppEnvironment>;
}

function definition(fake: FakeControlPlane, name: string): AppDefinition {
  const spec = fake.apps.get(`flytesnacks/development/${name}`)?.spec;
  if (spec === undefined) throw new Error(`There is no ${name}.`);
  return fromSpec(spec);
}

describe("serve on the embedded platform", () => {
  test("bundles, uploads once for each file, and serves dependencies first", async () => {
    using project = new Project({});
    await using fake = await FakeControlPlane.start(embedded);
    const { front } = await environmentsOf(
      project,
      'export const back = new AppEnvironment({ name: "back" });\n' +
        'export const front = new AppEnvironment({ name: "front", dependsOn: [back], requiresAuth: false,\n' +
        '  resources: { cpu: [1, 2], memory: "1Gi" }, secrets: ["token"], envVars: { A: "1", B: "2" } });',
    );
    const app = await serve(front as AppEnvironment, { endpoint: fake.endpoint, envVars: { B: "3" } });
    expect([...fake.apps.keys()]).toEqual(["flytesnacks/development/back", "flytesnacks/development/front"]);
    expect(fake.calls.filter((call) => call === "CreateUploadLocation")).toHaveLength(1);
    const [[path, upload]] = [...fake.uploads] as [[string, { body: Buffer; headers: Record<string, unknown> }]];
    expect(upload.headers["x-upload"]).toBe("yes");
    expect(upload.headers["content-md5"]).toBe(createHash("md5").update(upload.body).digest("base64"));
    expect(definition(fake, "front")).toMatchObject({
      launch: {
        kind: "bundle",
        uri: `fake://uploads/${path.split("/").at(-1)}`,
        environment: "front",
        workdir: project.root,
        preload: [expect.stringMatching(/core\/src\/index\.ts$/)],
      },
      envVars: { A: "1", B: "3" },
      secrets: [{ key: "token", envVar: "TOKEN" }],
      resources: [
        { name: "cpu", request: "1", limit: "2" },
        { name: "memory", request: "1Gi", limit: "1Gi" },
      ],
      requiresAuth: false,
    });
    expect(definition(fake, "back").envVars).toEqual({});
    expect(app).toMatchObject({ name: "front", endpoint: "http://front.localhost:30081" });
    expect(app.url).toBe(`${fake.endpoint}/v2/domain/development/project/flytesnacks/apps/front`);
  });

  test("serves under another name if told so, and a command like any other environment", async () => {
    await using fake = await FakeControlPlane.start(embedded);
    const app = await serve(environment({ command: "run it", args: ["x y"] }), {
      endpoint: fake.endpoint,
      name: "other",
      project: "flytesnacks",
    });
    expect(app.name).toBe("other");
    expect(definition(fake, "other").launch).toMatchObject({ kind: "bundle" });
  });

  test("fails with the error the platform put into the status, and says what is going on", async () => {
    await using fake = await FakeControlPlane.start({
      ...embedded,
      rollout: () => [
        ["DEPLOYING", "starting"],
        ["FAILED", "[MISSING_SECRET] The secret 'token' is not set."],
      ],
    });
    const heard: string[] = [];
    const error = await errorOf(
      serve(environment(), { endpoint: fake.endpoint, onProgress: (message) => heard.push(message) }),
    );
    expect([error.code, error.message]).toEqual(["MISSING_SECRET", "The secret 'token' is not set."]);
    expect(heard).toContain("plain: DEPLOYING starting");
  });

  test("gives up after the timeout, with the last status", async () => {
    await using fake = await FakeControlPlane.start({ ...embedded, rollout: () => [["PENDING", "no room"]] });
    const error = await errorOf(serve(environment(), { endpoint: fake.endpoint, activateTimeout: "300ms" }));
    expect(error.code).toBe("START_TIMEOUT");
    expect(error.message).toContain("PENDING: no room");
  });

  test("deploys without waiting", async () => {
    await using fake = await FakeControlPlane.start({ ...embedded, rollout: () => [] });
    const [app] = await deploy([environment()], { endpoint: fake.endpoint });
    expect(app?.name).toBe("plain");
    expect(fake.calls).not.toContain("Watch");
  });
});

describe("serve on Flyte's open-source backend", () => {
  test("starts the replica of an image, or its own command", async () => {
    using project = new Project({});
    await using fake = await FakeControlPlane.start();
    const { env } = await environmentsOf(
      project,
      'export const env = new AppEnvironment({ name: "in-image", image: "registry/app:1" });',
    );
    await serve(env as AppEnvironment, { endpoint: fake.endpoint, copyStyle: "none" });
    expect(definition(fake, "in-image").launch).toEqual({
      kind: "image",
      image: "registry/app:1",
      command: [],
      args: ["appenv-replica", "--module", "app.ts", "--environment", "in-image"],
    });
    await serve(environment({ image: "registry/app:1", args: "--fast" }), { endpoint: fake.endpoint });
    expect(definition(fake, "plain").launch).toMatchObject({ command: ["sleep", "1"], args: ["--fast"] });
  });

  test("names the option that is missing", async () => {
    await using fake = await FakeControlPlane.start();
    const error = await errorOf(serve(environment(), { endpoint: fake.endpoint }));
    expect(error.code).toBe("UNSUPPORTED");
    expect(error.message).toContain("`image`");
  });

  test("refuses a name the backend would only hash", async () => {
    await using fake = await FakeControlPlane.start(embedded);
    const name = "a-name-of-more-than-thirty-letters";
    const error = await errorOf(serve(environment(), { endpoint: fake.endpoint, name }));
    expect(error.message).toContain("at most 30");
    expect(fake.apps.size).toBe(0);
  });
});

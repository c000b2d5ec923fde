import { once } from "node:events";
import type { AppEnvError, ServeOptions } from "@appenv/core";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { startFront, type Front } from "@appenv-internal/conformance/flyte-backend/cut";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiKeys } from "../../src/api-keys.ts";
import { App } from "../../src/app/app.ts";
import { Secrets } from "../../src/secrets.ts";
import { deploy, serve } from "../../src/serve/serve.ts";
import { environment } from "../support/environment.ts";
import { errorOf } from "../support/error-of.ts";

let backend: FlyteBackend;
let front: Front;

beforeAll(async () => {
  backend = await startFlyteBackend();
  front = await startFront(backend.endpoint);
});
afterAll(async () => {
  await front.close();
  await backend.close();
});

const script = `
  const { ROUND, BROKEN, PORT } = process.env;
  if (BROKEN) throw new Error("broken on purpose");
  const server = require("node:http").createServer((_, response) => response.end(ROUND));
  process.on("SIGTERM", () => { server.close(); server.closeAllConnections(); });
  server.listen(PORT, () => console.log("round " + ROUND));`;

/** Serves a round of an app, which answers with it. */
function round(
  name: string,
  text: string,
  { broken, ...options }: ServeOptions & { readonly broken?: true } = {},
): Promise<App> {
  const app = environment({
    name,
    image: "node:24",
    command: ["node", "-e", script],
    envVars: { ROUND: text, ...(broken === true ? { BROKEN: "yes" } : {}) },
  });
  return serve(app, { endpoint: front.endpoint, ...options });
}

/** Resolves when the backend has told of so many changes of an app. */
async function changes(name: string, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const [service] = (await once(backend.knative, "changed")) as [string];
    if (service === `${name}-flytesnacks-development`) left -= 1;
  }
}

async function answerOf({ endpoint }: App): Promise<string> {
  return (await fetch(endpoint)).text();
}

test("serve waits for its own revision, though the status is still that of the one before", async () => {
  const first = await round("rolling", "1");
  expect([await answerOf(first), first.status.phase]).toEqual(["1", "ACTIVE"]);
  backend.knative.hold();
  let isServed = false;
  const changed = changes("rolling", 1);
  const second = round("rolling", "2").finally(() => (isServed = true));
  await changed;
  // Another client has heard what this one has.
  expect((await App.get("rolling", { endpoint: backend.endpoint })).status.phase).toBe("ACTIVE");
  expect(isServed).toBe(false);
  backend.knative.release();
  expect(await answerOf(await second)).toBe("2");
  const error = await errorOf(round("rolling", "3", { broken: true }));
  expect([error.code, error.message]).toEqual(["START_FAILED", expect.stringContaining("RevisionFailed")]);
  expect(await answerOf(first)).toBe("2");
});

test("serving the same again is over as soon as it is clear that nothing happens", async () => {
  const app = await round("unchanged", "1");
  const pod = backend.knative.services.get("unchanged-flytesnacks-development")?.pods[0]?.name;
  await round("unchanged", "1", { activateTimeout: "15s" });
  expect(await answerOf(app)).toBe("1");
  expect(backend.knative.services.get("unchanged-flytesnacks-development")?.pods[0]?.name).toBe(pod);
});

test("an app that is started again is waited for, though the status is still that of the time when it was stopped", async () => {
  const app = await round("resumed", "1");
  await app.deactivate();
  expect((await fetch(app.endpoint)).status).toBe(404);
  backend.knative.hold();
  let isServed = false;
  const changed = changes("resumed", 1);
  const activated = app.activate().finally(() => (isServed = true));
  await changed;
  expect((await App.get("resumed", { endpoint: backend.endpoint })).status.phase).toBe("ACTIVE");
  expect(isServed).toBe(false);
  backend.knative.release();
  await activated;
  expect(await answerOf(app)).toBe("1");
});

test("of two deploys at once the later one serves, and the other one says so", async () => {
  await round("contested", "0");
  backend.knative.hold();
  const both = changes("contested", 2);
  const rounds = ["1", "2"].map((text) => round("contested", text).catch((error: AppEnvError) => error.code));
  await both;
  backend.knative.release();
  const outcomes = await Promise.all(rounds);
  const served = outcomes.findIndex((outcome) => typeof outcome !== "string");
  expect(outcomes[1 - served]).toBe("SUPERSEDED");
  expect(await answerOf(outcomes[served] as App)).toBe(String(served + 1));
});

test("an app is read as it is, whatever the cache of the backend says", async () => {
  const reading = { endpoint: backend.endpoint };
  backend.knative.hold();
  const served = round("cached", "1");
  await new Promise<void>((resolve) => backend.knative.once("created", () => resolve()));
  // From now on, Get says for 30 seconds that nothing is known.
  expect((await App.get("cached", reading)).status.phase).toBe("UNSPECIFIED");
  backend.knative.release();
  await served;
  expect((await App.get("cached", reading)).status.phase).toBe("ACTIVE");
});

test("the log of a stopped app says that it is stopped", async () => {
  const app = await round("silent", "1");
  await app.deactivate();
  const notes: string[] = [];
  for await (const line of app.logs({ onNote: (text) => notes.push(text) })) expect(line).toBeUndefined();
  expect(notes).toEqual([expect.stringMatching(/^'silent' is stopped, .*`appenv activate silent`/)]);
});

describe("a connection that is cut", () => {
  test("while an app is made or watched: it is made once, and waited for all the same", async () => {
    void front.next("AppService/Create", { kind: "cut" });
    void front.next("AppService/Watch", { kind: "cut", afterBytes: 20 });
    const app = await round("cut", "1");
    expect(await answerOf(app)).toBe("1");
    expect(backend.knative.services.get("cut-flytesnacks-development")?.pods[0]?.name).toContain("-00001-");
    // A redeploy is watched from before it.
    void front.next("AppService/Watch", { kind: "cut", afterBytes: 200 });
    void front.next("AppService/Create", { kind: "lost" });
    expect(await answerOf(await round("cut", "2"))).toBe("2");
  });

  test("while an app is read, listed, stopped, started or deleted: it is done once", async () => {
    const app = await round("robust", "1");
    const cut = (...methods: readonly string[]) => methods.map((method) => front.next(method, { kind: "cut" }));
    const met = cut("AppService/Get", "AppService/List", "AppService/Update");
    const reading = { endpoint: front.endpoint };
    expect((await App.get("robust", reading)).status.phase).toBe("ACTIVE");
    expect((await App.list(reading)).map(({ name }) => name)).toContain("robust");
    await app.deactivate();
    await Promise.all([
      ...met,
      ...cut("AppService/Update", "AppService/Delete"),
      app.activate().then(() => app.delete()),
    ]);
    expect((await errorOf(App.get("robust", reading))).code).toBe("NOT_FOUND");
  });

  test("while an app is followed, and deleted meanwhile: the watch ends", async () => {
    const app = await round("doomed", "1");
    const [own, other] = [app.watch(), await App.get("doomed", { endpoint: backend.endpoint })];
    expect((await own.next()).value).toMatchObject({ phase: "ACTIVE" });
    const next = own.next();
    await front.down();
    await other.delete();
    await front.up();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("while a log is read: no line is missing, and none comes twice", async () => {
    const app = await round("chatty", "1");
    void front.next("AppLogsService/TailLogs", { kind: "cut", afterBytes: 100 });
    const stop = new AbortController();
    const lines: string[] = [];
    for await (const { message } of app.logs({ follow: true, signal: stop.signal })) {
      lines.push(message);
      stop.abort();
    }
    expect(lines).toEqual(["round 1"]);
    for await (const { message } of app.logs()) lines.push(message);
    expect(lines).toEqual(["round 1", "round 1"]);
  });
});

test("revisions, weights and API keys are refused, with the way to the same on a cluster", async () => {
  const app = await round("plain-cluster", "1");
  const calls = [
    () => app.revisions(),
    () => app.setTraffic({ 1: 100 }),
    () => app.rollback(),
    () => ApiKeys.create("ci", { endpoint: front.endpoint }),
  ];
  for (const call of calls) {
    const error = await errorOf(call());
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining("AppEnv's own")]);
    expect(error.fix).toMatch(/Serve the code|appenv create secret/);
  }
});

test("a project that is not there is refused before anything is stored", async () => {
  const options = { endpoint: front.endpoint, project: "nope" };
  const before = backend.calls.length;
  const app = environment({ image: "node:24" });
  const calls = [() => serve(app, options), () => deploy([app], options), () => Secrets.create("token", "x", options)];
  for (const call of calls) {
    const error = await errorOf(call());
    expect([error.code, error.message, error.fix]).toEqual([
      "NOT_FOUND",
      expect.stringContaining("There is no project 'nope'"),
      expect.stringContaining("'flytesnacks'"),
    ]);
  }
  expect(new Set(backend.calls.slice(before))).toEqual(
    new Set(["ProjectService/GetProject", "ProjectService/ListProjects"]),
  );
});

test("GPUs and shared memory are asked for in a pod, since the backend leaves them out of a container", async () => {
  const app = environment({
    name: "learning",
    image: "node:24",
    command: ["node", "-e", script],
    envVars: { ROUND: "gpu" },
    resources: { cpu: 2, gpu: "A100:1", shm: "1Gi" },
  });
  const notes: string[] = [];
  const served = await serve(app, { endpoint: front.endpoint, onNote: (text) => notes.push(text) });
  expect(notes).toEqual([
    expect.stringContaining("`resources.gpu: TYPE` of 'learning' (an app gets the number of GPUs"),
  ]);
  expect(await answerOf(served)).toBe("gpu");
  const { spec } = await App.get("learning", { endpoint: front.endpoint });
  expect(spec?.appPayload.case === "pod" ? spec.appPayload.value.podSpec : undefined).toMatchObject({
    containers: [
      {
        image: "node:24",
        ports: [{ containerPort: 8080 }],
        resources: { requests: { cpu: "2", "nvidia.com/gpu": "1" }, limits: { "nvidia.com/gpu": "1" } },
        volumeMounts: [{ mountPath: "/dev/shm" }],
      },
    ],
    volumes: [{ emptyDir: { medium: "Memory", sizeLimit: "1Gi" } }],
  });
  expect(spec?.extendedResources?.gpuAccelerator?.device).toBe("nvidia-tesla-a100");
});

test("a secret that is there already is SECRET_EXISTS", async () => {
  const options = { endpoint: front.endpoint };
  await Secrets.create("token", "one", options);
  const error = await errorOf(Secrets.create("token", "two", options));
  expect([error.code, error.message]).toEqual(["SECRET_EXISTS", "There is a secret 'token' already."]);
});

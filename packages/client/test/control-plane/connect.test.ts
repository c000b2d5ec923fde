import { spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { connect } from "../../src/control-plane/connect.ts";
import { createControlPlane } from "../../src/control-plane/control-plane.ts";
import { platformHome, readRunningPlatform } from "../../src/control-plane/local-platform.ts";
import { probe } from "../../src/control-plane/probe.ts";
import { startPlatform } from "../../src/control-plane/own-platform.ts";
import { errorOf } from "../support/error-of.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";
import { Project } from "../support/project.ts";

let project: Project;
let home: string;

beforeEach(() => {
  project = new Project({ "state/keep": "", "home/keep": "" });
  home = project.path("state");
  vi.stubEnv("APPENV_HOME", home);
  vi.stubEnv("HOME", project.path("home"));
  vi.spyOn(process, "cwd").mockReturnValue(project.root);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  project[Symbol.dispose]();
});

function writePlatform(endpoint: string, pid: number = process.pid): void {
  project.write({ "state/platform.json": JSON.stringify({ endpoint, pid, startedAt: new Date().toISOString() }) });
}

test("the state directory is stated, else beside the nearest package.json, else here", () => {
  project.write({ "deep/er/file": "" });
  expect(platformHome(project.path("deep/er"), {})).toBe(project.path(".appenv"));
  expect(platformHome(project.path("deep"), { APPENV_HOME: "elsewhere" })).toBe(project.path("deep/elsewhere"));
  project.remove("package.json");
  expect(platformHome(project.path("deep"), {})).toBe(project.path("deep/.appenv"));
});

describe("a platform that was left behind does not count", () => {
  test("its process is gone", async () => {
    const child = spawn("node", ["-e", ""]);
    await once(child, "exit");
    writePlatform("http://127.0.0.1:1", child.pid ?? 0);
    expect(await readRunningPlatform(home)).toBeUndefined();
  });

  test("another platform answers there", async () => {
    await using fake = await FakeControlPlane.start({ home: "/another" });
    writePlatform(fake.endpoint);
    expect(await readRunningPlatform(home)).toBeUndefined();
  });

  test("its file cannot be read", async () => {
    project.write({ "state/platform.json": "{" });
    expect(await readRunningPlatform(home)).toBeUndefined();
  });
});

describe("a control plane that takes the connection and does not answer", () => {
  const silent = createServer();

  afterEach(() => new Promise((closed) => silent.close(closed)));

  test.each(["a port", "a socket"])("is neither a platform nor a cluster: %s", async (where) => {
    const sockets: Socket[] = [];
    silent.on("connection", (socket) => sockets.push(socket));
    const path = project.path("api.sock");
    await new Promise<void>((listening) => void silent.listen(where === "a port" ? 0 : { path }, listening));
    const { port } = (silent.address() as Partial<AddressInfo> | null) ?? {};
    const endpoint = where === "a port" ? `http://127.0.0.1:${port}` : `unix:${path}`;
    const error = await errorOf(probe(endpoint, undefined, { bytes: 1_024, ms: 300 }));
    for (const socket of sockets) socket.destroy();
    expect([error.code, error.message]).toEqual(["UNREACHABLE", `${endpoint} did not answer within 0.3 s.`]);
  });

  test("is not there if its socket is not", async () => {
    expect(await probe(`unix:${project.path("gone.sock")}`)).toEqual({ embedded: false, refused: true });
  });
});

describe("connect", () => {
  test("prefers the stated endpoint, then the configured one, then the platform that runs", async () => {
    await using stated = await FakeControlPlane.start();
    await using configured = await FakeControlPlane.start();
    await using running = await FakeControlPlane.start({ home: realpathSync(home) });
    writePlatform(running.endpoint);
    const heard: string[] = [];
    const onProgress = (message: string): number => heard.push(message);
    expect(await connect({ onProgress })).toMatchObject({ endpoint: running.endpoint, embedded: true });
    project.write({ ".flyte/config.yaml": `admin:\n  endpoint: ${configured.endpoint}\n  insecure: true\n` });
    expect(await connect({ onProgress })).toMatchObject({ endpoint: configured.endpoint, embedded: false });
    expect(await connect({ onProgress, endpoint: stated.endpoint })).toMatchObject({ endpoint: stated.endpoint });
    expect(await connect({ onProgress, local: true })).toMatchObject({ endpoint: running.endpoint });
    expect(heard).toEqual([
      `Using the platform at ${running.endpoint}, process ${process.pid}.`,
      `Using the control plane at ${configured.endpoint}, from ${project.path(".flyte/config.yaml")}.`,
      `Using the control plane at ${stated.endpoint}.`,
      `Using the platform at ${running.endpoint}, process ${process.pid}.`,
    ]);
  });

  test("takes project and domain from the call, then the configuration, then Flyte's defaults", async () => {
    await using fake = await FakeControlPlane.start();
    const endpoint = fake.endpoint;
    expect(await connect({ endpoint })).toMatchObject({ project: "flytesnacks", domain: "development" });
    vi.stubEnv("FLYTE_TASK_PROJECT", "configured");
    expect(await connect({ endpoint, domain: "production" })).toMatchObject({
      project: "configured",
      domain: "production",
    });
  });

  test("says that there is nothing to connect to", async () => {
    const error = await errorOf(connect());
    expect([error.code, error.message]).toEqual([
      "UNREACHABLE",
      `No control plane is configured, and no platform runs for ${home}.`,
    ]);
    const closed = await FakeControlPlane.start();
    await closed[Symbol.asyncDispose]();
    const refused = await errorOf(connect({ endpoint: closed.endpoint }));
    expect([refused.code, refused.message]).toEqual(["UNREACHABLE", `Nothing listens at ${closed.endpoint}.`]);
  });

  test("names the console where Flyte's development server has it", async () => {
    await using fake = await FakeControlPlane.start();
    vi.stubEnv("FLYTE_CONSOLE_ENDPOINT", "https://console.example.com/");
    const controlPlane = await connect({ endpoint: fake.endpoint });
    expect(controlPlane.consolePage({ project: "p", domain: "d", name: "n" })).toBe(
      "https://console.example.com/v2/domain/d/project/p/apps/n",
    );
  });

  test("names no page of a platform that listens on its Unix socket alone", async () => {
    const place = { endpoint: "unix:/tmp/api.sock", home: undefined, startedHere: false, project: "p", domain: "d" };
    const { consolePage } = createControlPlane(place, await loadConfig(), true);
    expect(consolePage({ project: "p", domain: "d", name: "n" }, "runs")).toBe("");
  });
});

/** Starts a stand-in of a platform, which says when it is closed after `closeMs`, in a process of its own. */
async function startInChild(closeMs: number) {
  const source = JSON.stringify(join(import.meta.dirname, "../../src/control-plane/own-platform.ts"));
  const script = `const { startPlatform } = await import(${source});
    const timer = setInterval(() => {}, 1000);
    const close = () => new Promise((done) => setTimeout(() => { clearInterval(timer); console.log("closed"); done(); }, ${closeMs}));
    const load = async () => ({ startPlatform: async ({ home }) => ({ home, endpoint: "http://here", close }) });
    console.log(JSON.stringify(await startPlatform("/home", load)));`;
  const child = spawn("node", ["--input-type=module", "-e", script]);
  const exited = once(child, "exit");
  const lines: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => lines.push(...chunk.toString().trim().split("\n")));
  await once(child.stdout, "data");
  return { child, exited, lines };
}

test("a platform started here is drained by a signal, and the process ends with 0", async () => {
  const { child, exited, lines } = await startInChild(50);
  child.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  expect(lines).toEqual(['{"endpoint":"http://here","startedHere":true}', "closed"]);
});

test("a second signal ends it at once", async () => {
  const { child, exited, lines } = await startInChild(60_000);
  // Signals that are the same and wait together count once.
  child.kill("SIGINT");
  child.kill("SIGTERM");
  expect(await exited).toEqual([1, null]);
  expect(lines).not.toContain("closed");
});

test("a platform that another process started at the same moment is used", async () => {
  await using fake = await FakeControlPlane.start({ home: realpathSync(home) });
  const platform = await startPlatform(home, async () => ({
    startPlatform: async () => {
      writePlatform(fake.endpoint);
      throw new AppEnvError("PLATFORM_RUNNING", "It runs already.");
    },
  }));
  expect(platform).toMatchObject({ endpoint: fake.endpoint, startedHere: false });
});

test("a platform that is started here takes any port where the usual one is not free", async () => {
  const asked: (number | undefined)[] = [];
  const platform = await startPlatform(home, async () => ({
    startPlatform: async ({ home: directory = "", port }) => {
      asked.push(port);
      if (port === undefined) throw new AppEnvError("PORT_IN_USE", "Port 7070 is in use.");
      return { home: directory, endpoint: "http://here", close: async () => {} };
    },
  }));
  await platform.close();
  expect([platform.endpoint, asked]).toEqual(["http://here", [undefined, 0]]);
});

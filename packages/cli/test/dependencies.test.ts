import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli } from "./support/cli.ts";

// Replicas come and go, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 240_000 });

/** `front` depends on `back` and on a database, which is there as long as a file is. `back` crashes while another one is. */
const source = (port: number): string => `
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
const here = import.meta.dirname;
const isThere = (name) => existsSync(join(here, name));
export const back = new AppEnvironment({
  name: "back", port: ${port}, requiresAuth: false, scaling: { replicas: [0, 1], scaledownAfter: "1s" },
});
back.onStartup(() => {
  appendFileSync(join(here, "starts"), "x");
  if (isThere("broken")) throw new Error("back is broken, and its password is hunter2");
});
back.server(() => (request, response) => {
  if (isThere("broken")) process.exit(3);
  response.end("back");
});
export const front = new AppEnvironment({
  name: "front", requiresAuth: false, dependsOn: [back], scaling: { replicas: 1 },
  health: { checks: { database: () => { if (!isThere("database")) throw new Error("no connection"); } } },
});
front.server(() => ({ url }, response) =>
  response.end(JSON.stringify({ pid: process.pid, ...(url === "/" ? { back: back.endpoint } : {}) })));
export const tasks = new TaskEnvironment({ name: "tasks", dependsOn: [back], reusable: { replicas: 1, idleTtl: "5m" } });
export const where = tasks.task({ name: "where", output: z.string() }, () => process.pid + " " + back.endpoint);
`;

interface App {
  readonly phase: string;
  readonly message: string;
  readonly replicas: number;
  readonly endpoint: string;
}

class Project {
  readonly cwd: string = makeProject();

  constructor(port: number) {
    this.write("apps.ts", source(port));
    this.write("database");
  }

  write(name: string, text = ""): void {
    writeFileSync(join(this.cwd, name), text);
  }

  remove(name: string): void {
    rmSync(join(this.cwd, name));
  }

  starts(): number {
    return readFileSync(join(this.cwd, "starts"), "utf8").length;
  }

  async cli(...args: readonly string[]): Promise<any> {
    const { code, stdout, stderr } = await runCli([...args, "--json"], this.cwd);
    if (code !== 0) throw new Error(stderr);
    return stdout === "" ? undefined : JSON.parse(stdout);
  }

  app(name: string): Promise<App> {
    return this.cli("get", "app", name);
  }

  async up(): Promise<() => Promise<unknown>> {
    const up = startCli(["up", "--port", "0"], this.cwd);
    await up.until("stdout", "http://");
    return () => up.stop();
  }
}

async function get(url: string): Promise<{ status: number; type: string | null; body: any }> {
  const response = await fetch(url, { headers: { connection: "close" } });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}

function unhealthy(detail: string, parts: object): object {
  return {
    status: 503,
    type: "application/problem+json",
    body: { type: "about:blank", title: "Service Unavailable", status: 503, code: "UNHEALTHY", detail, ...parts },
  };
}

function down(error: string): object {
  return unhealthy(`'back': ${error}`, { dependencies: { back: { status: "unhealthy", error } } });
}

/** Polls for as long as it takes on a busy machine. */
function eventually(ask: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(ask, { timeout: 120_000, interval: 200 });
}

test("readiness says which dependency is down, and recovers; nothing is restarted or woken by asking", async () => {
  const project = new Project(18_431);
  const stop = await project.up();
  const { endpoint } = await project.cli("serve", "apps.ts", "front");
  const [back, { body: before }] = [(await project.app("back")).endpoint, await get(endpoint)];
  const health = () => get(`${endpoint}/health`);
  const healthy = { status: 200, type: "application/json", body: { status: "healthy" } };

  // At zero it is not down, and stays at zero.
  await eventually(async () => (await project.app("back")).replicas).toBe(0);
  const starts = project.starts();
  for (let times = 0; times < 5; times += 1) expect(await health()).toEqual(healthy);
  expect(project.starts()).toBe(starts);

  await project.cli("deactivate", "back");
  await eventually(health).toEqual(down("it is stopped"));
  expect((await project.app("front")).message).toContain("'back' cannot be reached: it is stopped.");
  await project.cli("activate", "back");
  await eventually(health).toEqual(healthy);
  expect((await project.app("front")).message).not.toContain("back");

  // It cannot start any more; once it can, whoever asks makes it known. What it wrote is nobody's business.
  await eventually(async () => (await project.app("back")).replicas).toBe(0);
  project.write("broken");
  await get(back).catch(() => {});
  await eventually(health).toEqual(down("it has failed, START_FAILED"));
  project.remove("broken");
  await eventually(health).toEqual(healthy);

  project.remove("database");
  await eventually(health).toMatchObject(
    unhealthy("database: no connection", {
      checks: { database: { status: "unhealthy", error: "no connection" } },
    }),
  );
  expect((await project.app("front")).message).toContain("The check 'database' fails: no connection.");
  project.write("database");
  await eventually(health).toEqual(healthy);
  expect((await project.app("front")).message).not.toContain("database");

  await project.cli("delete", "app", "back");
  await eventually(health).toEqual(down("there is no such app"));
  expect((await get(`${endpoint}/pid`)).body.pid).toBe(before.pid);
  expect((await project.app("front")).phase).toBe("ACTIVE");
  await stop();
});

test("apps and tasks that run are told when an app they depend on has moved", async () => {
  const project = new Project(18_432);
  const stop = await project.up();
  const { endpoint } = await project.cli("serve", "apps.ts", "front");
  const { output: task } = await project.cli("run", "apps.ts", "where");
  const { body: before } = await get(endpoint);
  expect(task.split(" ")[1]).toBe(before.back);
  project.write("moved.ts", source(18_442));
  const { endpoint: moved } = await project.cli("serve", "moved.ts", "back");
  expect(moved).not.toBe(before.back);
  await eventually(async () => (await get(endpoint)).body).toEqual({ pid: before.pid, back: moved });
  // The worker that has run before runs it again.
  const { output: again } = await project.cli("run", "deployed-task", "tasks.where");
  expect(again).toBe(`${task.split(" ")[0]} ${moved}`);
  await stop();
});

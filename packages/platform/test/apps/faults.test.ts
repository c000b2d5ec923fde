import { AppEnvError } from "@appenv/core";
import { expect, it } from "vitest";
import { id, isAlive, server, startApps } from "../support/apps.ts";

const hello = server(`(request, response) => response.end("pid " + process.pid)`);

it("replaces a replica that is killed, and only what was open in it fails", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const pid = replicas[0]?.pid ?? 0;
  process.kill(pid, "SIGKILL");
  await apps.until(id, (app) => app.replicas.every((replica) => replica.pid !== pid));
  const answers = await Promise.all(Array.from({ length: 50 }, async () => (await fetch(endpoint)).text()));
  expect(answers.every((answer) => answer.startsWith("pid ") && answer !== `pid ${pid}`)).toBe(true);
});

it("keeps the old revision serving when a new one throws, and says why", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.apply(id, apps.define(`throw new Error("the database is not configured");`));
  const failed = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failed.failure?.message).toContain("the database is not configured");
  expect(failed.message).toContain("Revision 1 goes on serving");
  expect(await (await fetch(endpoint)).text()).toMatch(/^pid /);
  expect(apps.stored.get("app")?.revision).toBe(1);
});

it("keeps the old revision serving when a new one hangs at start", async () => {
  await using apps = await startApps({ startMs: 6_000 });
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.apply(id, apps.define(`await new Promise((resolve) => setTimeout(resolve, 1e8));`));
  const failed = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failed.failure?.code).toBe("START_TIMEOUT");
  expect(await (await fetch(endpoint)).text()).toMatch(/^pid /);
  await apps.until(id, ({ replicas }) => replicas.length === 1);
});

it("says at once that a first revision cannot start, and starts the next one", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(`throw new Error("no such thing");`));
  const { failure, endpoint } = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failure).toMatchObject({ code: "LOAD_FAILED", message: expect.stringContaining("no such thing") });
  expect((await fetch(endpoint)).status).toBe(503);
  await apps.controller.apply(id, apps.define(hello));
  await apps.until(id, ({ phase }) => phase === "ACTIVE");
  expect((await fetch(endpoint)).status).toBe(200);
});

it("hides the token for the API in what an app writes", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(`console.log("token", process.env["APPENV_API_TOKEN"]);` + hello));
  await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await expect.poll(() => apps.lines.some((line) => line.endsWith("token ***"))).toBe(true);
});

it("shows a crash loop with its last output", async () => {
  await using apps = await startApps();
  const crashing =
    server(`(request, response) => response.end("never")`, "") +
    `setTimeout(() => { console.error("out of luck"); process.exit(3); }, 500);`;
  await apps.controller.apply(id, apps.define(crashing, { replicas: { min: 1, max: 1 } }));
  const { failure } = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failure?.code).toBe("CRASH_LOOP");
  expect(failure?.message).toContain("exited with code 3");
  expect(failure?.message).toContain("out of luck");
});

it("replaces a replica that uses more memory than it may, and shows it", async () => {
  await using apps = await startApps();
  const greedy = server(`(request, response) => {
    globalThis.kept = Buffer.alloc(300 * 2 ** 20, 1);
    response.end("took it");
  }`);
  const memory = [{ name: "memory" as const, request: "200Mi", limit: "200Mi" }];
  await apps.controller.apply(id, apps.define(greedy, { resources: memory, replicas: { min: 1, max: 1 } }));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const shown = apps.until(id, ({ failure }) => failure?.code === "OOM_KILLED");
  // It may be ended before it answers.
  await fetch(endpoint).catch(() => {});
  expect((await shown).failure?.message).toMatch(/of its 200 MiB/);
  const after = await apps.until(id, ({ readyReplicas }) => readyReplicas === 1);
  expect(after.replicas[0]?.pid).not.toBe(replicas[0]?.pid);
});

it.runIf(process.platform === "linux")(
  "sees from outside what a busy replica uses, and what it has started",
  async () => {
    await using apps = await startApps();
    const greedy = server(`(request, response) => {
    if (request.url === "/busy") {
      const kept = Buffer.alloc(300 * 2 ** 20, 1);
      for (;;) kept[0] += 1;
    }
    const eat = "console.log(process.pid); const kept = Buffer.alloc(300 * 2 ** 20, 1); setInterval(() => kept, 1000)";
    const child = spawn(process.execPath, ["-e", eat]);
    child.stdout.once("data", (pid) => response.end(pid));
  }`);
    const source = `import { spawn } from "node:child_process";${greedy}`;
    const memory = [{ name: "memory" as const, request: "250Mi", limit: "250Mi" }];
    await apps.controller.apply(id, apps.define(source, { resources: memory, replicas: { min: 1, max: 1 } }));
    const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
    const shown = (): Promise<unknown> =>
      apps.until(id, ({ failure }) => failure?.code === "OOM_KILLED" && failure.message.includes("of its 250 MiB"));

    const child = Number(await (await fetch(endpoint)).text());
    await shown();
    await expect.poll(() => isAlive(child)).toBe(false);

    await apps.until(id, ({ readyReplicas, failure }) => readyReplicas === 1 && failure?.code !== "OOM_KILLED");
    const busy = fetch(`${endpoint}/busy`).then(
      () => "answered",
      () => "cut",
    );
    await shown();
    expect(await busy).toBe("cut");
  },
);

it("refuses an app whose secret is not there, and one that needs a container", async () => {
  await using apps = await startApps();
  const secret = { secrets: [{ key: "db", envVar: "APPENV_TEST_NOT_SET" }] };
  const missing = await apps.controller.apply(id, apps.define(hello, secret)).catch((error: unknown) => error);
  expect(AppEnvError.is(missing, "MISSING_SECRET") && missing.message).toContain(
    "`appenv create secret db --project flytesnacks --domain development`",
  );
  const image = { launch: { kind: "image" as const, image: "busybox", command: [], args: [] } };
  const refused = await apps.controller.apply(id, apps.define(hello, image)).catch((error: unknown) => error);
  expect(AppEnvError.is(refused, "UNSUPPORTED")).toBe(true);
  expect(apps.stored.size).toBe(0);
});

it("gives the ones that wait an answer when there are too many", async () => {
  await using apps = await startApps({ holdConnections: 5 });
  const slowStart = `await new Promise((resolve) => setTimeout(resolve, 700));` + hello;
  await apps.controller.apply(id, apps.define(slowStart, { scaledownAfterMs: 200 }));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.until(id, ({ replicas }) => replicas.length === 0);
  const answers = await Promise.all(Array.from({ length: 12 }, async () => (await fetch(endpoint)).status));
  expect(answers.filter((status) => status === 200).length).toBe(5);
  expect(answers.filter((status) => status === 503).length).toBe(7);
});

it("ends replicas that ignore the drain", async () => {
  await using apps = await startApps({ drainMs: 300 });
  const stuck = server(`() => undefined`);
  await apps.controller.apply(id, apps.define(stuck));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const hanging = fetch(endpoint).catch(() => "cut");
  await apps.until(id, (app) => app.replicas.some(({ inFlight }) => inFlight > 0) || app.phase === "ACTIVE");
  await apps.controller.apply(id, apps.define(hello));
  await apps.until(id, (app) => app.phase === "ACTIVE" && app.revision === 2 && app.replicas.length === 1);
  expect(isAlive(replicas[0]?.pid ?? 0)).toBe(false);
  expect(await hanging).toBe("cut");
});

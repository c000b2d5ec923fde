import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";

// Each starts a platform, a bundler and several replicas, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));

const apps = `
  import { AppEndpoint, AppEnvironment, identity, run, serve, TaskEnvironment } from "@appenv/core";
  import { z } from "zod";
  export const backend = new AppEnvironment({ name: "backend", requiresAuth: false, port: 18311 });
  backend.server(() => (request, response) => response.end("hello " + request.url + " " + request.headers.traceparent + " " + request.headers.tracestate));
  export const unrelated = new AppEnvironment({ name: "unrelated", requiresAuth: false });
  unrelated.server(() => (_, response) => response.end());
  export const frontend = new AppEnvironment({
    name: "frontend", requiresAuth: false, dependsOn: [backend],
    parameters: [{ name: "backend", value: new AppEndpoint("backend"), envVar: "BACKEND" }],
  });
  frontend.server(() => async (request, response) => {
    const answer = await (await backend.fetch("/from-app")).text();
    let missing = "";
    try { unrelated.endpoint; } catch (error) { missing = error.code; }
    response.end(JSON.stringify({
      answer, missing, endpoint: backend.endpoint, own: frontend.endpoint, parameter: process.env.BACKEND,
    }));
  });
  export const tasks = new TaskEnvironment({ name: "tasks", dependsOn: [frontend] });
  export const ask = tasks.task({ name: "ask", output: z.string() }, async () =>
    backend.endpoint + " " + (await (await backend.fetch("/from-task")).text()).slice(0, 16));
`;

const guarded = `
  import { AppEnvironment, identity, TaskEnvironment } from "@appenv/core";
  import { z } from "zod";
  export const guarded = new AppEnvironment({ name: "guarded" });
  guarded.server(() => (request, response) =>
    response.end(JSON.stringify({ ...identity(), credential: request.headers.authorization })));
  guarded.mount({
    matches: (request) => request.headers.upgrade === "websocket",
    upgrade: (_, socket) => socket.write("HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n"),
  });
  export const sockets = new AppEnvironment({ name: "sockets", auth: { ticketLifetime: "5m" } });
  sockets.server(() => (_, response) => response.end(String(process.pid)));
  sockets.mount({
    matches: (request) => request.headers.upgrade === "websocket",
    upgrade: (_, socket) => socket.write(
      "HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nx-who: " + identity().subject + " " + process.pid + "\\r\\n\\r\\n",
    ),
  });
  export const relay = new AppEnvironment({ name: "relay", dependsOn: [guarded] });
  relay.server(() => async (request, response) => {
    const seen = await (await guarded.fetch("/")).json();
    response.end(JSON.stringify({ ...seen, caller: identity().subject }));
  });
  export const asking = new TaskEnvironment({ name: "asking", dependsOn: [guarded] });
  export const askGuarded = asking.task({ name: "ask", output: z.string() }, async () =>
    (await (await guarded.fetch("/")).json()).subject);
`;

/** Runs a script in a project with apps, with `node`, until it ends. */
async function runScript(script: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "appenv-graph-")));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  symlinkSync(packages, join(cwd, "node_modules"));
  writeFileSync(join(cwd, "package.json"), '{"type":"module"}');
  writeFileSync(join(cwd, "apps.ts"), apps);
  writeFileSync(join(cwd, "guarded.ts"), guarded);
  writeFileSync(
    join(cwd, "script.ts"),
    `import { run, serve } from "@appenv/core";\nimport { ask, backend, frontend } from "./apps.ts";\n${script}`,
  );
  const clean = Object.entries(process.env).filter(([name]) => !/^(FLYTE|APPENV|_U_|UCTL|DEBUG)/.test(name));
  const env = { ...Object.fromEntries(clean), HOME: cwd, APPENV_HOME: join(cwd, ".appenv") };
  const child = spawn(process.execPath, ["script.ts"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const code = new Promise((done) => child.once("close", done));
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  return { code: await code, stdout: stdout.join(""), stderr: stderr.join("") };
}

test("apps and tasks find the apps they depend on, whatever those are named on the platform", async () => {
  const { stdout, stderr } = await runScript(`
    const said = [];
    const handle = await serve(frontend, { name: "renamed", onProgress: (message) => said.push(message) });
    const seen = await (await fetch(handle.endpoint, { headers: { traceparent: "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01", tracestate: "a=1,b=2", connection: "close" } })).json();
    console.log(JSON.stringify({
      seen, endpoints: [backend.endpoint, frontend.endpoint], handle: handle.endpoint,
      fetched: (await (await backend.fetch("/from-script")).text()).split(" ")[1],
      order: said.filter((text) => / ACTIVE /.test(text)).map((text) => text.split(":")[0]),
      task: await (await run(ask)).outputs(),
    }));
    process.kill(process.pid, "SIGTERM");
  `);
  expect(stderr).toBe("");
  const { seen, endpoints, handle, fetched, order, task } = JSON.parse(stdout);
  expect(endpoints).toEqual([seen.endpoint, handle]);
  expect(seen).toMatchObject({ missing: "NO_ENDPOINT", own: handle, parameter: seen.endpoint });
  // Without an SDK, the trace goes on as it came.
  expect(seen.answer).toBe(`hello /from-app 00-${"a".repeat(32)}-${"b".repeat(16)}-01 a=1,b=2`);
  expect(fetched).toBe("/from-script");
  expect(order).toEqual(["backend", "renamed"]);
  expect(task).toBe(`${seen.endpoint} hello /from-task`);
});

test("apps and tasks are known to the apps they call, and nobody else passes", async () => {
  const { stdout, stderr } = await runScript(`
    import { guarded, relay, askGuarded } from "./guarded.ts";
    await serve(relay);
    const chain = await (await relay.fetch("/")).json();
    const stolen = chain.credential;
    const status = async (env, credential) => (await fetch(env.endpoint, { headers: { authorization: credential, connection: "close" } })).status;
    console.log(JSON.stringify({
      chain, task: await (await run(askGuarded)).outputs(), script: await (await guarded.fetch("/")).json(),
      statuses: [await status(guarded, ""), await status(guarded, stolen), await status(relay, stolen)],
    }));
    process.kill(process.pid, "SIGTERM");
  `);
  expect(stderr).toBe("");
  const { chain, task, script, statuses } = JSON.parse(stdout);
  expect(chain).toMatchObject({ kind: "platform", subject: "app:relay", caller: "user:local" });
  expect([task, script.subject]).toEqual(["task-environment:asking", "user:local"]);
  // A token is for one app: with it no other can be called.
  expect(statuses).toEqual([401, 200, 401]);
});

test("a key that is revoked ends at once, also for a socket that is open", async () => {
  const { stdout, stderr } = await runScript(`
    import { once } from "node:events";
    import { request } from "node:http";
    import { ApiKeys } from "@appenv/client";
    import { guarded } from "./guarded.ts";
    const { endpoint } = await serve(guarded);
    const { id, key } = await ApiKeys.create("laptop");
    const headers = { "x-api-key": key };
    const status = async () => (await fetch(endpoint, { headers: { ...headers, connection: "close" } })).status;
    const before = await status();
    const upgrade = request(endpoint, { headers: { ...headers, connection: "Upgrade", upgrade: "websocket" } }).end();
    const [, socket] = await once(upgrade, "upgrade");
    const received = socket.toArray();
    await ApiKeys.revoke(id);
    const frame = Buffer.concat(await received);
    console.log(JSON.stringify({ before, after: await status(), opcode: frame[0], code: frame.readUInt16BE(2) }));
    process.kill(process.pid, "SIGTERM");
  `);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ before: 200, after: 401, opcode: 0x88, code: 1008 });
});

test("a ticket for sockets counts in another replica of its app and in no other app; a revoked key takes it along", async () => {
  const { stdout, stderr } = await runScript(`
    import { once } from "node:events";
    import { request } from "node:http";
    import { ApiKeys } from "@appenv/client";
    import { guarded, sockets } from "./guarded.ts";
    const [own, other] = [await serve(sockets), await serve(guarded)];
    const { id, key } = await ApiKeys.create("laptop");
    const send = (path, init) => fetch(own.endpoint + path, { ...init, headers: { "x-api-key": key, connection: "close" } });
    const first = Number(await (await send("/")).text());
    const { ticket } = await (await send("/.appenv/ticket", { method: "POST" })).json();
    // With it goes the only replica: the next request finds none.
    process.kill(first, "SIGKILL");
    const open = async (endpoint) => {
      const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-protocol": "appenv.ticket, appenv.ticket." + ticket };
      const asked = request(endpoint, { headers }).end();
      const upgraded = once(asked, "upgrade").then(([answer, socket]) => ({ status: 101, who: answer.headers["x-who"], received: socket.toArray() }));
      const refused = once(asked, "response").then(([answer]) => ({ status: answer.resume().statusCode }));
      return Promise.race([upgraded, refused]);
    };
    const { who, received } = await open(own.endpoint);
    const elsewhere = (await open(other.endpoint)).status;
    await ApiKeys.revoke(id);
    const frame = Buffer.concat(await received);
    const [, subject, second] = /^(.*) ([0-9]+)$/.exec(who);
    console.log(JSON.stringify({
      subject, moved: Number(second) !== first, elsewhere, code: frame.readUInt16BE(2), after: (await open(own.endpoint)).status,
    }));
    process.kill(process.pid, "SIGTERM");
  `);
  expect(stderr).toBe("");
  const subject = expect.stringMatching(/^api-key:[0-9a-f]{12}$/);
  expect(JSON.parse(stdout)).toEqual({ subject, moved: true, elsewhere: 401, code: 1008, after: 401 });
});

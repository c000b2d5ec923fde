import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashKey } from "../../src/index.ts";
import { get, rawClient } from "../helpers.ts";
import { fixture, runFile, TestReplica, untilGone } from "../processes.ts";

const launch = { file: fixture("test-app.ts"), environment: "test-app" };
const command = { file: fixture("command-app.ts"), environment: "command-app" };

/** The handle that Node wraps: a listening socket that can be sent without being polled here. */
function handleIn(server: Server): unknown {
  return (server as never as Record<string, unknown>)["_handle"];
}

/** A listening socket that never accepts here, as its raw handle. */
async function listeningHandle(replica: TestReplica): Promise<{ handle: unknown; port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  replica.say({ type: "ask", call: 7, kind: "duplicate", question: undefined }, handleIn(server));
  const answer = await replica.hears("answer", ({ call }) => call === 7);
  server.close();
  const handle = replica.handleOf(answer) as { close(): void };
  onTestFinished(() => handle.close());
  return { handle, port };
}

async function ready(start: Parameters<TestReplica["start"]>[0] = { launch }): Promise<TestReplica> {
  const replica = new TestReplica();
  await replica.hears("booted");
  replica.start(start);
  await replica.hears("ready");
  return replica;
}

test("a replica accepts from the platform's socket, pauses, and accepts again", async () => {
  const replica = await ready();
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const client = rawClient(port).send(get("/"));
  await client.until("hello");
  replica.say({ type: "pause" });
  await replica.hears("paused");
  client.received = Buffer.alloc(0);
  await client.send(get("/")).until("hello");
  const waiting = rawClient(port).send(get("/env"));
  await client.send(get("/slow")).until("slow");
  expect(waiting.text).toBe("");
  replica.say({ type: "accept" }, handle);
  await waiting.until("pid");
});

test("accept and pause in one breath leave it paused", async () => {
  const replica = await ready();
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  replica.say({ type: "pause" });
  await replica.hears("paused");
  const waiting = rawClient(port).send(get("/"));
  replica.say({ type: "ask", call: 8, kind: "duplicate", question: undefined }, handle);
  await replica.hears("answer", ({ call }) => call === 8);
  expect(waiting.text).toBe("");
});

test("a spare can duplicate a socket, which outlives it", async () => {
  const spare = new TestReplica();
  await spare.hears("booted");
  const { handle, port } = await listeningHandle(spare);
  spare.child.kill("SIGKILL");
  await spare.exited;
  const replica = await ready();
  replica.say({ type: "accept" }, handle);
  expect(await rawClient(port).send(get("/")).until("hello")).toContain("200 OK");
});

test("a connection the platform accepted is handed over unread, also before the app is ready", async () => {
  const replica = new TestReplica();
  await replica.hears("booted");
  const platform = createServer({ pauseOnConnect: true }, (socket) => {
    replica.child.send({ type: "connection" }, socket);
    replica.start({ launch });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void platform.close());
  await new Promise((resolve) => platform.once("listening", resolve));
  const client = rawClient((platform.address() as AddressInfo).port).send(get("/"));
  await client.until("hello");
  client.received = Buffer.alloc(0);
  expect(await client.send(get("/")).until("hello")).toContain("200 OK");
});

test("the app gets its env vars and directory; a warm spare starts the same way", async () => {
  const replica = new TestReplica();
  await replica.hears("booted");
  replica.say({
    type: "warm",
    env: { TEST_GIVEN: "warm" },
    workdir: tmpdir(),
    modules: [`data:text/javascript,export const warmUp = () => console.log("warming")`, "nowhere:module"],
  });
  await replica.hears("warmed");
  replica.start({ launch, workdir: fixture(""), env: { TEST_GIVEN: "value" } });
  expect(await replica.hears("ready")).toEqual({ type: "ready", framework: "node:http" });
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const seen = (await (await fetch(`http://127.0.0.1:${port}/env`)).json()) as Record<string, unknown>;
  await expect.poll(() => replica.output).toContain("warming");
  expect(seen).toEqual({ given: "value", cwd: fixture("").replace(/\/$/, ""), pid: replica.child.pid });
});

test("load is reported", async () => {
  const replica = await ready();
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  rawClient(port).send(get("/hang"));
  const { load } = await replica.hears("load", (message) => message.load.inFlight === 1);
  expect(load).toMatchObject({ connections: 1, sockets: 0, requests: 1 });
  expect(load.rss).toBeGreaterThan(10_000_000);
  await replica.hears("load", (message) => message.load.busyMs > load.busyMs + 50);
});

test("the requests between the last report and the end are reported too", async () => {
  const replica = await ready({ launch, loadIntervalMs: 3_600_000 });
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const client = rawClient(port).send(get("/"));
  await client.until("hello");
  replica.say({ type: "drain", reason: "stop", limitMs: 5_000 });
  const { load } = await replica.hears("load");
  expect(load).toMatchObject({ requests: 1, responses: [0, 0, 1, 0, 0, 0] });
  expect(load.latency.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(load.cpuMs).toBeGreaterThanOrEqual(0);
  await replica.hears("drained");
});

test("keys and rebalancing reach the ingress", async () => {
  const replica = await ready({ launch, auth: { required: true, keyHashes: [hashKey("old")] } });
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const client = rawClient(port).send(get("/", "x-api-key: old\r\n"));
  await client.until("hello");
  replica.say({ type: "auth", auth: { required: true, keyHashes: [hashKey("new")] } });
  replica.say({ type: "rebalance", connections: 1 });
  replica.say({ type: "pause" });
  await replica.hears("paused");
  client.send(get("/", "x-api-key: old\r\n"));
  expect(await client.until("401")).toContain("401");
  await client.closed;
});

test("a drain lets requests finish; then the process says so and exits 0", async () => {
  const folder = await mkdtemp(join(tmpdir(), "appenv-runtime-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "shutdown");
  const replica = await ready({ launch, env: { TEST_SHUTDOWN_FILE: file } });
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const client = rawClient(port).send(get("/slow"));
  await replica.hears("load", ({ load }) => load.inFlight === 1);
  replica.say({ type: "drain", reason: "rollout", limitMs: 5_000 });
  await client.until("slow");
  await replica.hears("drained");
  expect(await replica.exited).toBe(0);
  expect(await readFile(file, "utf8")).toBe("shut down");
});

test("signals are left to the platform", async () => {
  const replica = await ready();
  replica.child.kill("SIGINT");
  replica.child.kill("SIGTERM");
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  expect(await rawClient(port).send(get("/")).until("hello")).toContain("200 OK");
});

test.each([
  [{ environment: "nothing" }, "NO_ENVIRONMENT", "'test-app', 'failing', 'slow-start'"],
  [{ environment: "failing" }, "START_FAILED", "no database here"],
  [{ file: fixture("throwing-app.ts") }, "LOAD_FAILED", "this app throws"],
  [{ file: "/nowhere/bundle.js" }, "FILE_NOT_FOUND", "/nowhere/bundle.js"],
])("a start that cannot work says why, and the process exits 1: %j", async (changes, code, message) => {
  const replica = new TestReplica();
  replica.start({ launch: { ...launch, ...changes } });
  const failed = await replica.hears("failed");
  expect(failed.code).toBe(code);
  expect(failed.message).toContain(message);
  expect(failed.fix).not.toBe("");
  expect(await replica.exited).toBe(1);
});

test("an uncaught error is printed and told, and ends the process", async () => {
  const replica = await ready();
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  rawClient(port).send(get("/crash"));
  const failed = await replica.hears("failed");
  expect(failed.message).toContain("crashed on purpose");
  expect(await replica.exited).toBe(1);
  expect(replica.output).toContain("test-app.ts");
});

test("a command is run as an app", async () => {
  const replica = await ready({ launch: command });
  const { handle, port } = await listeningHandle(replica);
  replica.say({ type: "accept" }, handle);
  const pid = Number(await (await fetch(`http://127.0.0.1:${port}/pid`)).text());
  expect(pid).not.toBe(replica.child.pid);
  replica.say({ type: "drain", reason: "stop", limitMs: 5_000 });
  expect(await replica.exited).toBe(0);
  await untilGone(pid);
});

test("a command ends with a replica that is killed, and a replica with its command", async () => {
  const killed = await ready({ launch: command });
  const first = await listeningHandle(killed);
  killed.say({ type: "accept" }, first.handle);
  const pid = Number(await (await fetch(`http://127.0.0.1:${first.port}/pid`)).text());
  killed.child.kill("SIGKILL");
  await untilGone(pid);
  const bereft = await ready({ launch: command });
  const second = await listeningHandle(bereft);
  bereft.say({ type: "accept" }, second.handle);
  rawClient(second.port).send(get("/exit"));
  expect((await bereft.hears("failed")).message).toContain("ended with code 3");
  expect(await bereft.exited).toBe(1);
});

test("when the platform is killed, its replicas and spares end within seconds", async () => {
  const platform = runFile(fixture("platform.ts"));
  const [, replica = "", spare = "", port = ""] = await platform.until(/replica (\d+) spare (\d+) port (\d+)/);
  const client = rawClient(Number(port)).send(get("/hang"));
  await rawClient(Number(port)).send(get("/")).until("hello");
  platform.child.kill("SIGKILL");
  await client.closed;
  expect(await Promise.all([untilGone(Number(replica)), untilGone(Number(spare))])).toEqual([true, true]);
});

test("a file run by hand says how an app is served by hand", async () => {
  const alone = runFile(fixture("../../src/replica/main.ts"));
  expect(await alone.exited).toBe(1);
  expect(alone.output).toContain("appenv-replica");
});

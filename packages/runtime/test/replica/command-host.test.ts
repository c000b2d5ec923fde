import { fileURLToPath } from "node:url";
import { AppEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import { connectInner } from "../../src/replica/host/inner-process.ts";
import { startApp } from "../../src/index.ts";
import { get, rawClient, serveForTest, untilLoad, upgradeRequest } from "../helpers.ts";
import { untilGone } from "../processes.ts";

const inner = fileURLToPath(new URL("../fixtures/inner.mjs", import.meta.url));

function commanded(args: readonly string[] = [], options = {}) {
  return new AppEnvironment({
    name: "commanded",
    requiresAuth: false,
    command: [process.execPath, inner],
    args,
    ...options,
  });
}

test("requests pass through to the process, bodies and all", async () => {
  const { url, app } = await serveForTest(commanded());
  expect(app.framework).toBe("command");
  const response = await fetch(`${url}/path?q=1`, { headers: { "x-own": "kept", "x-forwarded-for": "192.0.2.1" } });
  expect(await response.text()).toBe("GET /path?q=1");
  const seen = JSON.parse(response.headers.get("x-seen") ?? "") as Record<string, string>;
  expect(seen["x-own"]).toBe("kept");
  expect(seen["x-forwarded-for"]).toBe("192.0.2.1, 127.0.0.1");
  expect(seen["host"]).toBe(new URL(url).host);
  const body = "x".repeat(300_000);
  const echo = await fetch(url, { method: "POST", body });
  expect(echo.status).toBe(201);
  expect(await echo.text()).toBe(body);
});

test("the ingress guards the process too", async () => {
  const { url } = await serveForTest(commanded([], { requiresAuth: true, limits: { body: 10 } }));
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { "x-api-key": "secret-key" } })).status).toBe(200);
  const large = await fetch(url, { method: "POST", headers: { "x-api-key": "secret-key" }, body: "x".repeat(11) });
  expect(large.status).toBe(413);
});

test("its own health route is left to it, else the ingress answers; other paths are always its own", async () => {
  const without = await serveForTest(commanded());
  expect(await (await fetch(`${without.url}/health`)).json()).toEqual({ status: "healthy" });
  expect(await (await fetch(`${without.url}/docs`)).text()).toBe("GET /docs");
  const withOwn = await serveForTest(commanded(["own-health"]));
  expect(await (await fetch(`${withOwn.url}/health`)).text()).toBe("GET /health");
});

test("upgrades pass through, both ways", async () => {
  const served = await serveForTest(commanded());
  const client = rawClient(served.port).send(upgradeRequest());
  await client.until("101 Switching");
  client.send("and back");
  expect(await client.until("and back")).toContain("Upgrade: websocket");
  client.socket.destroy();
  await untilLoad(served, ({ sockets }) => sockets === 0);
});

test("a client that hangs up is forgotten", async () => {
  const served = await serveForTest(commanded());
  const client = rawClient(served.port).send(get("/hang"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  client.socket.destroy();
  expect(await untilLoad(served, ({ inFlight }) => inFlight === 0)).toMatchObject({ requests: 1 });
});

test("stopping ends the process", async () => {
  const { app, url } = await serveForTest(commanded());
  const pid = Number(await (await fetch(`${url}/pid`)).text());
  await app.stop("stop", 1_000);
  expect(await untilGone(pid)).toBe(true);
});

test("a process that ends at the start is reported with its code and what it said", async () => {
  const options = { port: 8080, auth: { required: false, keyHashes: [] } };
  await expect(startApp(commanded(["broken"]), options)).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringMatching(/ended with code 7.*\n.*the inner process says why/s),
  });
  const forgotten = new AppEnvironment({ name: "forgotten", command: [process.execPath, "-e", "console.error('hi')"] });
  await expect(startApp(forgotten, options)).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringMatching(/ended before it listened on port \d+, the one in its env var PORT\.\nhi/),
    fix: expect.stringContaining("app.listen(process.env.PORT)"),
  });
  const missing = new AppEnvironment({ name: "missing", command: "/nowhere/program" });
  await expect(startApp(missing, options)).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringContaining("could not be run"),
  });
});

test("a process that listens elsewhere is told where it listens, and where it should", async () => {
  const code =
    'require("node:http").createServer().listen(0, "127.0.0.1", function () { console.error(this.address().port); })';
  const starting = connectInner([process.execPath, "-e", code], new AbortController().signal, 1_500);
  await expect(starting).rejects.toMatchObject({
    code: "START_TIMEOUT",
    message: expect.stringMatching(
      process.platform === "linux"
        ? /env var PORT, after 1\.5 seconds, but on \d+\.$/
        : /env var PORT, after 1\.5 seconds/,
    ),
    fix: expect.stringContaining("app.listen(process.env.PORT)"),
  });
});

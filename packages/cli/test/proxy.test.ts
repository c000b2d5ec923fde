import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { systemProgram } from "@appenv-internal/test-support/system";
import { expect, onTestFinished, test, vi } from "vitest";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { makeProject, runCli, startCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const nginx = systemProgram("nginx");
const openssl = systemProgram("openssl");
const guide = readFileSync(new URL("../../../docs/guides/proxy.md", import.meta.url), "utf8");

const source = (port: number): string => `
import { AppEnvironment } from "@appenv/core";
import { createServer } from "node:http";
import { createHash } from "node:crypto";
export const env = new AppEnvironment({ name: "shop", port: ${port} });
env.server(() => createServer((request, response) => response.end(JSON.stringify(request.headers)))
  .on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n" +
      "Sec-WebSocket-Accept: " + accept.digest("base64") + "\\r\\n\\r\\n");
    socket.on("data", (data) => socket.write(data)).on("error", () => {});
  }));
`;

/** A certificate for the names of the guide and for this machine, and its key. */
function certificate(folder: string): { certificate: string; key: string } {
  const files = { certificate: join(folder, "example.crt"), key: join(folder, "example.key") };
  const names = "subjectAltName=DNS:platform.example.com,DNS:shop.example.com,IP:127.0.0.1";
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const out = ["-subj", "/CN=example.com", "-addext", names, "-out", files.certificate, "-keyout", files.key];
  execFileSync(openssl.path ?? "", [...made, ...out], { stdio: "ignore" });
  return files;
}

/** The real nginx with the very lines of the guide, but for ports and files. */
async function startNginx(folder: string, ports: { tls: number; platform: number; app: number }): Promise<void> {
  const { certificate: crt, key } = certificate(folder);
  const lines = /```nginx\n(.*?)```/s.exec(guide)?.[1] ?? "";
  const changed = [
    ["listen 443 ssl", `listen 127.0.0.1:${ports.tls} ssl`],
    ["127.0.0.1:7070", `127.0.0.1:${ports.platform}`],
    ["127.0.0.1:8080", `127.0.0.1:${ports.app}`],
    ["/etc/ssl/example.com.crt", crt],
    ["/etc/ssl/example.com.key", key],
  ].reduce((config, [from = "", to = ""]) => config.replaceAll(from, to), lines);
  // As the same user as the platform: the one case which the system does not tell apart.
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join("\n");
  const config = `daemon off; pid ${join(folder, "nginx.pid")}; error_log stderr notice; user root;
    events {} http { access_log off; ${paths}\n${changed} }`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config);
  const child = spawn(nginx.path ?? "", ["-c", file, "-p", folder, "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  child.stderr.setEncoding("utf8");
  let said = "";
  for await (const chunk of child.stderr) {
    said += String(chunk);
    if (said.includes("start worker process ")) return void child.stderr.resume();
  }
  throw new Error(`nginx did not start: ${said}`);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(
  port: number,
  name: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string,
): Promise<Answer> {
  const method = body === undefined ? "GET" : "POST";
  const host = { host: `${name}:${port}`, ...headers };
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      servername: name,
      path,
      method,
      headers: host,
      rejectUnauthorized: false,
    };
    const sent = request({ ...options, agent: false }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      text(response).then((content) => resolve({ status, headers: answered, body: content }), reject);
    });
    sent.on("error", reject).end(body);
  });
}

/** Tells whether an upgrade is taken, and a message comes back. */
function upgrade(port: number, headers: OutgoingHttpHeaders): Promise<number> {
  return new Promise((resolve, reject) => {
    const socketHeaders = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    const all = {
      host: `shop.example.com:${port}`,
      "sec-websocket-key": btoa("0123456789abcdef"),
      ...socketHeaders,
      ...headers,
    };
    const sent = request({
      host: "127.0.0.1",
      port,
      servername: "shop.example.com",
      path: "/",
      agent: false,
      headers: all,
      rejectUnauthorized: false,
    });
    sent.once("upgrade", (response, socket) => {
      socket.once("data", () => {
        socket.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.write("ping");
    });
    sent.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", reject).end();
  });
}

test.skipIf(nginx.missing ?? openssl.missing)("behind nginx, as the guide has it, nobody is from here", async () => {
  const [app, tls] = [await reservedPort(), await reservedPort()];
  const cwd = makeProject({ "app.ts": source(app) });
  chmodSync(cwd, 0o755);
  const serving = startCli(["serve", "app.ts", "--port", "0", "--behind-proxy", "--json"], cwd);
  await serving.until("stdout", "\n");
  const { endpoint } = JSON.parse(readFileSync(join(cwd, ".appenv", "platform.json"), "utf8")) as { endpoint: string };
  await startNginx(cwd, { tls, platform: Number(new URL(endpoint).port), app });
  const platform = (path: string, headers = {}, body?: string) =>
    send(tls, "platform.example.com", path, headers, body);
  const shop = (headers = {}) => send(tls, "shop.example.com", "/", headers);
  const json = { "content-type": "application/json" };
  const [list, makeKey] = ["/flyteidl2.app.AppService/List", "/appenv.v1.ApiKeyService/CreateApiKey"];

  // A client that the proxy lets through may do nothing without a key, whatever it says of itself.
  for (const headers of [
    json,
    { ...json, "x-forwarded-for": "127.0.0.1" },
    { ...json, authorization: "Bearer aek_x" },
  ]) {
    expect((await platform(makeKey, headers, '{"name":"x"}')).status).toBe(401);
    expect((await platform("/appenv/token", headers, '{"project":"p","domain":"d","app":"a"}')).status).toBe(401);
  }
  // The console is the same for everybody; what it shows comes with calls.
  expect((await platform("/")).status).toBe(200);
  expect((await platform("/healthz")).body).not.toContain(cwd);
  expect((await shop()).status).toBe(401);
  expect(await upgrade(tls, {})).toBe(401);
  // Nor has a process of this machine that goes past it.
  const past = await fetch(`${endpoint}${makeKey}`, { method: "POST", headers: json, body: '{"name":"x"}' });
  expect(past.status).toBe(401);

  // The command line has the token of the platform's directory; a key that it makes is good behind the proxy.
  const { code, stdout } = await runCli(["create", "api-key", "laptop"], cwd);
  expect(code).toBe(0);
  const authorization = `Bearer ${stdout.trim()}`;
  expect(JSON.parse((await platform(list, { ...json, authorization }, "{}")).body)).toMatchObject({ apps: [{}] });
  // A browser signs in with it.
  const console = { ...json, origin: `https://platform.example.com:${tls}` };
  const signedIn = await platform("/appenv/session", console, JSON.stringify({ key: stdout.trim() }));
  const [cookie = ""] = (signedIn.headers["set-cookie"]?.[0] ?? "").split(";");
  expect(cookie).toMatch(/^__Host-appenv-session/);
  expect((await platform(list, { ...console, cookie }, "{}")).body).toContain("shop");
  const seen = JSON.parse((await shop({ authorization, "x-forwarded-for": "6.6.6.6" })).body) as IncomingHttpHeaders;
  expect(seen).toMatchObject({
    host: `shop.example.com:${tls}`,
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
  });
  expect(await upgrade(tls, { authorization })).toBe(101);
  const origin = `https://platform.example.com:${tls}`;
  expect((await platform(list, { ...json, authorization, origin }, "{}")).status).toBe(200);
  expect((await platform(list, { ...json, authorization, origin: "https://evil.example" }, "{}")).status).toBe(403);

  // Another machine serves and lists through the proxy: uploads go to the address that it has reached.
  const elsewhere = makeProject({ "app.ts": source(await reservedPort()).replace('"shop"', '"other"') });
  const remote = { FLYTE_API_KEY: stdout.trim(), NODE_EXTRA_CA_CERTS: join(cwd, "example.crt") };
  const flags = ["--endpoint", `https://127.0.0.1:${tls}`];
  const there = await runCli(["serve", "app.ts", ...flags, "--json"], elsewhere, remote);
  expect(there.code).toBe(0);
  expect((await runCli(["get", "app", ...flags, "--json"], elsewhere, remote)).stdout).toContain('"other"');
  expect((await serving.stop()).code).toBe(0);
});

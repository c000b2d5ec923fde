import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test } from "vitest";
import { fetchToken } from "../../src/login/token-fetch.ts";
import { certificate } from "../support/certificate.ts";
import { errorOf } from "../support/error-of.ts";
import { plain } from "../support/login-world.ts";

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const echo: RequestListener = (request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => response.end(JSON.stringify({ method: request.method, url: request.url, body })));
};

test("an authority of its own is trusted if it is configured, else nobody who is unknown", async () => {
  const url = `https://localhost:${await listen(createHttps(certificate, echo))}/token?code=secret`;
  const file = join(tempDirectory(), "ca.pem");
  writeFileSync(file, certificate.cert);
  const init = { method: "POST", body: new URLSearchParams({ a: "b" }) };
  const response = await fetchToken({ ...plain, caCertFilePath: file }, url, init);
  expect(await response.json()).toEqual({ method: "POST", url: "/token?code=secret", body: "a=b" });
  const error = await errorOf(fetchToken(plain, url, init));
  expect([error.code, error.message]).toEqual(["UNREACHABLE", expect.stringContaining("which gives the tokens")]);
  expect(`${error.message} ${String(error.cause)}`).not.toContain("secret");
  const missing = await errorOf(fetchToken({ ...plain, caCertFilePath: "/missing.pem" }, url, init));
  expect([missing.code, missing.message]).toEqual([
    "INVALID_CONFIG",
    expect.stringContaining("admin.caCertFilePath /missing.pem"),
  ]);
});

test("certificates are not checked if the configuration says so, which is warned of once", async () => {
  const url = `https://localhost:${await listen(createHttps(certificate, echo))}/token`;
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push((warning as NodeJS.ErrnoException).code ?? warning.name);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  for (const _ of [1, 2]) expect((await fetchToken({ ...plain, insecureSkipVerify: true }, url, {})).ok).toBe(true);
  expect(warnings).toEqual(["APPENV_TLS_UNVERIFIED"]);
});

test("requests for tokens go by the configured proxy", async () => {
  const seen: string[] = [];
  const proxy = createHttp((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end("{}");
  });
  const httpProxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  const tunnels: string[] = [];
  proxy.on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await fetchToken({ ...plain, httpProxyUrl }, "http://tokens.example.com/token", { method: "POST" });
  expect(seen).toEqual(["POST http://tokens.example.com/token"]);
  await errorOf(fetchToken({ ...plain, httpProxyUrl }, "https://tokens.example.com/token", {}));
  expect(tunnels).toEqual(["tokens.example.com:443"]);
});

test("a redirect is not followed", async () => {
  const port = await listen(
    createHttp((_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()),
  );
  expect((await fetchToken(plain, `http://127.0.0.1:${port}/token`, { method: "POST" })).status).toBe(302);
});

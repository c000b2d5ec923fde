import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test } from "vitest";
import { createConsole, isConsolePath } from "../../src/api/pages/console.ts";
import { startApi } from "../support/api.ts";

const things = "/v2/domain/development/project/flytesnacks";

/** A page of the platform, as it comes over the network: compressed. */
async function raw(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers: { "accept-encoding": "identity", ...headers } });
  return { response, text: await response.text() };
}

test("every page is the console, which loads nothing from elsewhere and runs nothing inline", async () => {
  const { endpoint } = await startApi();
  const { response, text } = await raw(endpoint);
  const csp = response.headers.get("content-security-policy") ?? "";
  expect(csp).toContain("default-src 'self'");
  expect(csp).toContain("frame-ancestors 'none'");
  expect(csp).not.toContain("unsafe");
  expect(text).not.toMatch(/<style|<script(?![^>]* src=)| on\w+=|style=/);
  const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  expect(addresses.length).toBeGreaterThan(2);
  for (const address of addresses) {
    expect(address).toMatch(/^\/console\//);
    const asset = await raw(`${endpoint}${address}`);
    expect(asset.response.status).toBe(200);
    expect(asset.response.headers.get("cache-control")).toContain("immutable");
    expect(asset.response.headers.get("x-content-type-options")).toBe("nosniff");
  }
  for (const kind of ["apps/x", "runs/r1", "runs/r1/actions/a0", "tasks/shop.add", "triggers/daily"]) {
    expect((await raw(`${endpoint}${things}/${kind}`)).text).toBe(text);
  }
  for (const page of ["keys", "graph", "webhooks", "webhooks/d0123456789abcdef", "webhooks/"]) {
    expect((await raw(`${endpoint}/v2/${page}`)).text).toBe(text);
  }
  for (const path of [
    "/nothing",
    "/v2/webhooks/d1/other",
    "/v2/other",
    `${things}/runs/r1/other`,
    "/console/none.js",
    "/console/../package.json",
  ]) {
    expect((await fetch(`${endpoint}${path}`)).status).toBe(404);
  }
});

test("the whole page is small, compressed ahead of time, and asked for once", async () => {
  const { endpoint } = await startApi();
  const { text } = await raw(endpoint);
  const paths = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  let bytes = 0;
  for (const path of paths) {
    const head = await fetch(`${endpoint}${path}`, { method: "HEAD", headers: { "accept-encoding": "br, gzip" } });
    expect(head.headers.get("content-encoding")).toBe("br");
    bytes += Number(head.headers.get("content-length"));
  }
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(300_000);
  const { response } = await raw(endpoint);
  const known = await raw(endpoint, { "if-none-match": response.headers.get("etag") ?? "" });
  expect([known.response.status, known.text]).toEqual([304, ""]);
  expect((await raw(endpoint, { "if-none-match": '"other"' })).response.status).toBe(200);
});

test("a client gets what it takes, and is told if the console was not built", async () => {
  const folder = join(tempDirectory(), "dist");
  const answer = createConsole(() => folder);
  const server = createServer((request, response) => answer(request.url ?? "", request, response)).listen(
    0,
    "127.0.0.1",
  );
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const missing = await raw(url);
  expect([missing.response.status, missing.text]).toEqual([503, expect.stringContaining("npm run setup")]);
  mkdirSync(folder);
  for (const [name, content] of [
    ["", "plain"],
    [".br", "brotli"],
    [".gz", "gzip"],
  ]) {
    writeFileSync(join(folder, `index.html${name}`), content ?? "");
  }
  const given = async (accepted: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { get } = await import("node:http");
    get(url, { headers: { "accept-encoding": accepted } }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    });
    return promise;
  };
  expect(await given("gzip, br")).toBe("brotli");
  expect(await given("gzip;q=1, br;q=0")).toBe("gzip");
  expect(await given("identity")).toBe("plain");
  expect(await given("abr")).toBe("plain");
});

test("files that were compressed ahead of time are the plain ones", async () => {
  const { endpoint } = await startApi();
  const { text } = await raw(endpoint);
  const { get } = await import("node:http");
  const bytes = (encoding: string): Promise<Buffer> =>
    new Promise((resolve) => {
      get(endpoint, { headers: { "accept-encoding": encoding } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).once("end", () => resolve(Buffer.concat(chunks)));
      });
    });
  expect(brotliDecompressSync(await bytes("br")).toString()).toBe(text);
  expect(gunzipSync(await bytes("gzip")).toString()).toBe(text);
});

test("only its own paths are the console's", () => {
  expect(["/", "/v2/runs/", `${things}/runs`, `${things}/apps/a`].map(isConsolePath)).toEqual([true, true, true, true]);
  expect(["/healthz", "/v2", `${things}/others`, `${things}/apps/a/b`, "/consoles"].map(isConsolePath)).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});

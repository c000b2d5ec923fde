import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { fetchWithin } from "../../src/internal.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an answer within the limits is as fetch gives it", async () => {
  const url = await serve((request, response) => {
    if (request.method === "DELETE") response.writeHead(204).end();
    else response.writeHead(418, { "x-tea": "green" }).end("short");
  });
  const answer = await fetchWithin(url);
  expect([answer.status, answer.headers.get("x-tea"), await answer.text()]).toEqual([418, "green", "short"]);
  expect((await fetchWithin(url, { method: "DELETE" })).status).toBe(204);
});

test("a body that does not end is left at the limit, and its connection closed", async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve((_, response) => {
    response.once("close", closed.resolve);
    const more = (): void => void (response.destroyed || response.write("x".repeat(65_536), () => setImmediate(more)));
    more();
  });
  await expect(fetchWithin(`${url}/keys?signature=1`, {}, { bytes: 100_000 })).rejects.toThrow(
    `${url}/keys answered with more than 100000 bytes`,
  );
  await closed.promise;
});

test("the size after decompression counts", async () => {
  const bomb = gzipSync(Buffer.alloc(4_000_000));
  const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  expect(bomb.length).toBeLessThan(10_000);
  await expect(fetchWithin(url)).rejects.toThrow("more than 1048576 bytes");
});

test("the time is that of the whole body; a signal of the caller's ends it too", async () => {
  const url = await serve((_, response) => void response.write("begun"));
  await expect(fetchWithin(url, {}, { ms: 50 })).rejects.toThrow("did not answer within 0.05 s");
  await expect(fetchWithin(url, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: "TimeoutError" });
});

test("no redirect is followed", async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  await expect(fetchWithin(`${url}/keys`)).rejects.toThrow("fetch failed");
  expect(asked).toEqual(["/keys"]);
});

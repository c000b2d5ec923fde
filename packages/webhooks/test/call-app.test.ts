import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { callApp } from "../src/webhook-app/endpoints/call-app.ts";

/** A server, and the requests it got. */
async function serverOf(listener: RequestListener): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Asks a webhook app to call the app at an address. */
function call(endpoint: string, path: string, headers: Record<string, string> = {}, body = "") {
  const request = Object.assign(Readable.from(body === "" ? [] : [Buffer.from(body)]), { headers });
  const asked = { query: new URLSearchParams({ path }), params: {}, request } as never;
  const self = { name: "operations", allow: { tasks: undefined, apps: undefined, triggers: undefined } };
  return callApp(self, { endpoint } as never, asked);
}

const failed = { status: 502, code: "TARGET_FAILED" };

test.each([301, 302, 303, 307, 308])("what an app sends elsewhere with %i is not followed", async (status) => {
  const metadata = await serverOf((_, response) => response.end('{"secret":1}'));
  const app = await serverOf((_, response) => response.writeHead(status, { location: `${metadata.url}/latest` }).end());
  await expect(call(app.url, "/", { authorization: "Bearer mine" })).rejects.toMatchObject(failed);
  expect([app.seen.length, metadata.seen]).toEqual([1, []]);
});

test("the app gets the credentials of whoever asks, and no other header of theirs", async () => {
  const app = await serverOf((_, response) => response.end("{}"));
  const sent = { "x-api-key": "mine", cookie: "session=1", host: "evil.test", "x-forwarded-for": "1.2.3.4" };
  await call(app.url, "/", sent);
  const { headers } = app.seen[0] ?? {};
  expect(headers).toMatchObject({ "x-api-key": "mine", host: new URL(app.url).host });
  expect(headers).not.toHaveProperty("cookie");
  expect(headers).not.toHaveProperty("x-forwarded-for");
});

test("an answer without an end is given up", async () => {
  const chunk = Buffer.alloc(2 ** 20);
  const app = await serverOf((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  await expect(call(app.url, "/")).rejects.toMatchObject(failed);
});

import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { RequestListener } from "node:http";
import type { Sticky } from "@appenv/core";
import { describe, expect, test } from "vitest";
import { plainEnvironment, rawClient, serveForTest, untilLoad, upgradeRequest, type TestApp } from "../helpers.ts";

/** Answers with its name and what it was sent. */
function named(name: string): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.statusCode = request.url === "/fails" ? 500 : 200;
      response.end(`${name} ${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`.trim());
    });
  };
}

async function twoRevisions(weight: number, sticky: Sticky = "cookie"): Promise<{ old: TestApp; next: TestApp }> {
  const [old, next] = await Promise.all([
    serveForTest(plainEnvironment(named("old"))),
    serveForTest(plainEnvironment(named("new"))),
  ]);
  route(old, next.port, weight, sticky);
  return { old, next };
}

function route(old: TestApp, port: number, weight: number, sticky: Sticky = "cookie"): void {
  const weights = [
    { revision: 2, weight, port },
    { revision: 1, weight: 100 - weight },
  ];
  void old.app.ingress.setTraffic({ own: 1, sticky, weights });
}

async function answers(url: string, count: number, headers: (index: number) => Record<string, string> = () => ({})) {
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    texts.push(await (await fetch(url, { headers: headers(index) })).text());
  }
  return texts;
}

const user = (index: number): Record<string, string> => ({ "x-user": `user-${index}` });

const isNew = (text: string): boolean => text.startsWith("new");

describe("requests are routed between revisions", () => {
  test("by their weights, and each answer names its revision", async () => {
    const { old, next } = await twoRevisions(30);
    const texts = await answers(old.url, 400);
    // The chance to be outside of this is below one in a million.
    expect(texts.filter(isNew).length).toBeGreaterThan(70);
    expect(texts.filter(isNew).length).toBeLessThan(175);
    const fresh = await fetch(`${old.url}/x`);
    expect(fresh.headers.get("appenv-revision")).toBe((await fresh.text()).startsWith("new") ? "2" : "1");
    expect(old.app.ingress.load().requests + next.app.ingress.load().requests).toBe(401);
  });

  test("a client that keeps cookies stays, also while the weight grows", async () => {
    const { old, next } = await twoRevisions(50);
    const first = await fetch(old.url);
    const revision = await first.text();
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^appenv-traffic=\d+$/);
    const again = await answers(old.url, 30, () => ({ cookie: `theme=dark; ${cookie}` }));
    expect(new Set(again)).toEqual(new Set([revision]));
    const known = await fetch(old.url, { headers: { cookie } });
    expect(known.headers.getSetCookie()).toEqual([]);
    const bucket = Number(cookie.split("=")[1]);
    for (const weight of [60, 80, 100]) {
      route(old, next.port, weight);
      const texts = await answers(old.url, 3, () => ({ cookie }));
      const expected = bucket < weight * 100;
      expect(texts.map(isNew)).toEqual([expected, expected, expected]);
    }
  });

  test("a header can tell clients apart, and the same value is always with the same revision", async () => {
    const { old } = await twoRevisions(40, { header: "x-user" });
    const first = (await answers(old.url, 200, user)).map(isNew);
    const second = (await answers(old.url, 200, user)).map(isNew);
    expect(second).toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(40);
    expect(first.filter(Boolean).length).toBeLessThan(120);
    expect((await fetch(old.url)).headers.getSetCookie()).toEqual([]);
  });

  test("bodies, methods and paths arrive; health is each replica's own", async () => {
    const { old } = await twoRevisions(100);
    const body = "x".repeat(200_000);
    const response = await fetch(`${old.url}/orders?id=1`, { method: "PUT", body });
    expect(await response.text()).toBe(`new PUT /orders?id=1 ${body}`);
    const health = await fetch(`${old.url}/health`);
    expect(health.headers.get("appenv-revision")).toBeNull();
  });

  test("a failure counts where it happened", async () => {
    const { old, next } = await twoRevisions(100);
    expect((await fetch(`${old.url}/fails`)).status).toBe(500);
    await untilLoad(next, ({ failures }) => failures === 1);
    await untilLoad(old, ({ inFlight }) => inFlight === 0);
    expect(old.app.ingress.load()).toMatchObject({ requests: 0, failures: 0 });
    await old.app.ingress.setTraffic(undefined);
    expect(await (await fetch(`${old.url}/fails`)).text()).toBe("old GET /fails");
    await untilLoad(old, ({ failures }) => failures === 1);
  });

  test("a request for a revision that is gone is answered here, body and all", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const old = await serveForTest(plainEnvironment(named("old")));
    route(old, port, 100);
    const response = await fetch(old.url, { method: "POST", body: "all of it" });
    expect(await response.text()).toBe("old POST / all of it");
    await rawClient(old.port).send(upgradeRequest()).until("NO_UPGRADE");
    await untilLoad(old, ({ inFlight, sockets }) => inFlight === 0 && sockets === 0);
  });

  test("upgrades go to the revision too, and with a client that has its cookie to the same one", async () => {
    const upgrading = plainEnvironment(named("new"));
    upgrading.mount({
      matches: ({ headers }) => headers.upgrade !== undefined,
      upgrade: (_request, socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        socket.pipe(socket);
      },
    });
    const old = await serveForTest(plainEnvironment(named("old")));
    const next = await serveForTest(upgrading);
    route(old, next.port, 50);
    const client = rawClient(old.port).send(upgradeRequest("/", "Cookie: appenv-traffic=4999\r\n"));
    await client.until("101 Switching");
    client.send("to the new one and back");
    await client.until("to the new one and back");
    const other = rawClient(old.port).send(upgradeRequest("/", "Cookie: appenv-traffic=5000\r\n"));
    expect(await other.until("NO_UPGRADE")).toContain("404 Not Found");
  });

  test("a cookie that is not ours decides nothing", async () => {
    const { old } = await twoRevisions(100);
    for (const cookie of [
      "appenv-traffic=",
      "appenv-traffic=1e3",
      "appenv-traffic=-1",
      "xappenv-traffic=9999",
      "appenv-traffic=99999",
    ]) {
      const response = await fetch(old.url, { headers: { cookie } });
      expect(response.headers.getSetCookie()[0]).toMatch(/^appenv-traffic=\d+; Path=\/; Max-Age=/);
      expect(await response.text()).toBe("new GET /");
    }
  });
});

import { once } from "node:events";
import { Agent, get } from "node:http";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { id, startApps, type AppsFixture } from "../../support/apps.ts";

const connections = 64;
const sockets = 50;
const rollouts = 10;

/** A Fastify app with a socket; `version` makes each revision's code differ. */
function app(version: number): string {
  return `
    import Fastify from ${quoted(import.meta.resolve("fastify"))};
    import websocket from ${quoted(import.meta.resolve("@fastify/websocket"))};
    import { FastifyAppEnvironment } from ${quoted(import.meta.resolve("@appenv/fastify"))};
    const app = Fastify();
    export const env = new FastifyAppEnvironment({ name: "app", app, requiresAuth: false });
    app.register(websocket);
    app.register(async (scope) => {
      scope.get("/", async () => ({ version: ${version} }));
      scope.get("/ws", { websocket: true }, (socket) => socket.on("message", (data) => socket.send(String(data))));
    });
  `;
}

it("serves again ten times under load: no request fails, every socket is told to reconnect", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(app(0)));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const load = startLoad(endpoint);
  for (let version = 1; version <= rollouts; version += 1) await rollOutOnce(apps, endpoint, version);
  const { versions, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(versions.has(0) && versions.has(rollouts)).toBe(true);
});

function quoted(url: string): string {
  return JSON.stringify(url);
}

async function rollOutOnce(apps: AppsFixture, endpoint: string, version: number): Promise<void> {
  const open = await Promise.all(Array.from({ length: sockets }, () => openSocket(endpoint)));
  const closed = Promise.all(open.map((socket) => once(socket, "close")));
  await apps.controller.apply(id, apps.define(app(version)));
  for (const [code, reason] of await closed) {
    expect(code).toBe(1012);
    expect(String(reason)).toMatch(/reconnect in \d+ms/);
  }
  await apps.until(id, ({ phase, revision }) => phase === "ACTIVE" && revision === version + 1);
}

async function openSocket(endpoint: string): Promise<WebSocket> {
  const socket = new WebSocket(`${endpoint.replace("http", "ws")}/ws`);
  await once(socket, "open");
  socket.send("hello");
  await once(socket, "message");
  return socket;
}

/** Keeps 64 keep-alive connections busy until it is stopped. */
function startLoad(endpoint: string): { stop(): Promise<{ versions: Set<number>; failures: string[] }> } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const versions = new Set<number>();
  const failures: string[] = [];
  let running = true;
  const loop = async (): Promise<void> => {
    while (running) {
      try {
        versions.add(await ask(endpoint, agent));
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const loops = Array.from({ length: connections }, loop);
  return {
    async stop() {
      running = false;
      await Promise.all(loops);
      agent.destroy();
      return { versions, failures };
    },
  };
}

function ask(endpoint: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(endpoint, { agent }, async (response) => {
      const body = (await response.toArray()).join("");
      if (response.statusCode === 200) resolve((JSON.parse(body) as { version: number }).version);
      else reject(new Error(`${response.statusCode}: ${body}`));
    });
    request.on("error", reject);
  });
}

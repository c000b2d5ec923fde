import { AppEnvError, Port } from "@appenv/core";
import { serveForTest } from "@appenv-internal/conformance";
import Fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { context } from "./support/context.ts";
import { FastifyAppEnvironment } from "../src/index.ts";

/** The paths of the document, as a client sees them. */
async function documentedPaths(env: FastifyAppEnvironment): Promise<readonly string[]> {
  const host = env.createHost();
  await host.start(context(env.name));
  const document = await host.openapi!();
  await host.close();
  return Object.keys(document["paths"] as object);
}

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe("FastifyAppEnvironment", () => {
  it("keeps the app it is given, and makes one otherwise", () => {
    const app = Fastify();
    expect(new FastifyAppEnvironment({ name: "given", app }).app).toBe(app);
    expect(new FastifyAppEnvironment({ name: "made" }).app.printRoutes()).toBe("(empty tree)");
  });

  it("takes an app with a logger of its own and with a type provider", () => {
    expect(new FastifyAppEnvironment({ name: "logs", app: Fastify({ logger: { level: "silent" } }) }).type).toBe(
      "Fastify",
    );
    const typed = new FastifyAppEnvironment({ name: "first" }).app;
    expect(new FastifyAppEnvironment({ name: "second", app: typed }).app).toBe(typed);
  });

  it("is called Fastify unless it is called something else", () => {
    expect(new FastifyAppEnvironment({ name: "a" }).type).toBe("Fastify");
    expect(new FastifyAppEnvironment({ name: "a", type: "Gateway" }).type).toBe("Gateway");
  });

  it("refuses what is no Fastify instance", () => {
    const error = caught(() => new FastifyAppEnvironment({ name: "a", app: {} as FastifyInstance }));
    expect(AppEnvError.is(error, "INVALID_OPTION")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining("a Fastify instance") as string });
  });

  it("refuses an app with routes, naming them", () => {
    const app = Fastify();
    app.get("/", async () => "early");
    app.post("/users/:id/name", async () => "early");
    app.put("/users/:id/nap", async () => "early");
    app.get("/v1", { constraints: { host: "a.example" } }, async () => "early");
    app.get("/v1", async () => "early");
    const error = caught(() => new FastifyAppEnvironment({ name: "late", app }));
    expect(AppEnvError.is(error, "ROUTES_BEFORE_ENVIRONMENT")).toBe(true);
    expect(error).toMatchObject({
      message: "The Fastify app of 'late' already has routes: /, /users/:id/name, /users/:id/nap, /v1.",
    });
  });

  it("refuses an app with routes of a plugin that is loaded", async () => {
    const app = Fastify();
    await app.register(async (scope) => void scope.get("/in-plugin", async () => "early"));
    const error = caught(() => new FastifyAppEnvironment({ name: "late", app }));
    expect(AppEnvError.is(error, "ROUTES_BEFORE_ENVIRONMENT")).toBe(true);
  });

  it("refuses an app that is started", async () => {
    const app = Fastify();
    await app.ready();
    const error = caught(() => new FastifyAppEnvironment({ name: "started", app }));
    expect(AppEnvError.is(error, "INVALID_OPTION")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining("not started") as string });
    await app.close();
  });

  it("sees the routes of plugins that were registered before it and are loaded after it, with their prefixes", async () => {
    const app = Fastify();
    app.register(
      async (outer) => {
        outer.get("/list", async () => []);
        await outer.register(async (inner) => void inner.get("/:id", async () => ({})), { prefix: "/items" });
      },
      { prefix: "/v1" },
    );
    const env = new FastifyAppEnvironment({ name: "early-plugins", app });
    env.app.get("/", async () => "late");
    expect(await documentedPaths(env)).toEqual(["/", "/v1/list", "/v1/items/{id}"]);
  });

  it("shares the app with its clones, and sees each route once", async () => {
    const env = new FastifyAppEnvironment({ name: "original" });
    env.app.get("/", async () => "both");
    const clone = env.cloneWith({ name: "clone", port: 9000 });
    clone.app.get("/second", async () => "both");
    expect(clone).toBeInstanceOf(FastifyAppEnvironment);
    expect([clone.app, clone.name, clone.port]).toEqual([env.app, "clone", Port.from(9000)]);
    expect(await documentedPaths(clone)).toEqual(["/", "/second"]);
  });

  it("reports the framework's own error when the app cannot start", async () => {
    const env = new FastifyAppEnvironment({ name: "failing" });
    env.app.register(async () => {
      throw new Error("the database is away");
    });
    await expect(serveForTest(env)).rejects.toThrow("the database is away");
  });

  it("runs the app's own hooks", async () => {
    const env = new FastifyAppEnvironment({ name: "hooked", requiresAuth: false });
    const order: string[] = [];
    env.app.addHook("onReady", async () => void order.push("ready"));
    env.app.addHook("onClose", async () => void order.push("closed"));
    env.app.addHook("onRequest", async (request) => void order.push(request.url));
    env.app.get("/path", async () => "ok");
    const app = await serveForTest(env);
    expect(await (await app.fetch("/path?q=1")).text()).toBe("ok");
    await app.close();
    expect(order).toEqual(["ready", "/path?q=1", "closed"]);
  });
});

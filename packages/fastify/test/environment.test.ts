import { AppEnvError, Port } from "@appenv/core";
import { serveForTest } from "@appenv-internal/conformance";
import Fastify, { type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { describe, expect, it } from "vitest";
import { z } from "zod";
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

  it("refuses what is no Fastify instance", () => {
    const error = caught(() => new FastifyAppEnvironment({ name: "a", app: {} as FastifyInstance }));
    expect(AppEnvError.is(error, "INVALID_OPTION")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining("a Fastify instance") as string });
  });

  it("sees the routes an app has, with their schemas, and those it gets", async () => {
    const app = Fastify();
    app.get("/", async () => "early");
    app.post("/users/:id", { schema: { body: { type: "object", required: ["name"] } } }, async () => "early");
    app.get("/hidden", { schema: { hide: true } as object }, async () => "early");
    app.get("/v1", { constraints: { host: "a.example" } }, async () => "early");
    app.get("/v1", async () => "early");
    await app.register(async (scope) => void scope.get("/in-plugin", async () => "early"), { prefix: "/p" });
    const env = new FastifyAppEnvironment({ name: "late", app, requiresAuth: false });
    env.app.post("/late", { schema: { body: z.object({ n: z.number() }) } }, async ({ body }) => body);
    const paths = ["/", "/users/{id}", "/v1", "/p/in-plugin", "/late"];
    const { fetch } = await serveForTest(env);
    const document = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, any> };
    expect(Object.keys(document.paths).toSorted()).toEqual([...paths, "/health"].toSorted());
    expect(document.paths["/users/{id}"].post.requestBody.content["application/json"].schema.required).toEqual([
      "name",
    ]);
    const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const statuses = await Promise.all(["/users/1", "/late"].map(async (path) => (await fetch(path, json)).status));
    expect(statuses).toEqual([400, 400]);
  });

  it("takes an app of a factory, which is ready, with a type provider of its own", async () => {
    const app = Fastify();
    app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
    const user = z.object({ name: z.string() }).meta({ id: "User" });
    app.withTypeProvider<ZodTypeProvider>().post("/users", { schema: { body: user } }, async ({ body }) => body);
    await app.register(async (scope) => void scope.get("/health", async () => ({ own: true })));
    await app.ready();
    const env = new FastifyAppEnvironment({ name: "factory", app, requiresAuth: false });
    const { fetch } = await serveForTest(env);
    const document = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, any>; components: any };
    expect(Object.keys(document.paths)).toEqual(["/users", "/health"]);
    expect(document.components.schemas.User.properties).toEqual({ name: { type: "string" } });
    expect(await (await fetch("/health")).json()).toEqual({ own: true });
    const bad = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await fetch("/users", bad)).status).toBe(400);
  });

  it("refuses routes with zod schemas that nothing would check, naming them", () => {
    const app = Fastify();
    app.get("/fine", async () => "early");
    app.post("/users/:id", { schema: { body: z.object({}) } }, async () => "early");
    app.get("/list", { schema: { response: { 200: z.array(z.string()) } } }, async () => []);
    const error = caught(() => new FastifyAppEnvironment({ name: "late", app }));
    expect(AppEnvError.is(error, "ROUTES_BEFORE_ENVIRONMENT")).toBe(true);
    const paths = "/users/:id, /list.";
    const message = `The Fastify app of 'late' has routes with schemas of zod, and no compiler for them: ${paths}`;
    expect(error).toMatchObject({ message });
  });

  it("refuses an app that listens", async () => {
    const app = Fastify();
    await app.listen({ port: 0, host: "127.0.0.1" });
    const error = caught(() => new FastifyAppEnvironment({ name: "started", app }));
    expect(AppEnvError.is(error, "INVALID_OPTION")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining("does not listen") as string });
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

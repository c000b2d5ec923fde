import { AppEnvError } from "@appenv/core";
import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { FastifyAppEnvironment, type ZodFastifyInstance } from "../src/index.ts";

function newApp(): ZodFastifyInstance {
  return new FastifyAppEnvironment({ name: "schemas" }).app;
}

async function post(app: ZodFastifyInstance, payload: object, url = "/"): Promise<{ status: number; body: unknown }> {
  const response = await app.inject({ method: "POST", url, payload });
  return { status: response.statusCode, body: response.json() };
}

/** A schema of another library: accepts texts, and makes them long. */
const standard = {
  "~standard": {
    version: 1,
    vendor: "another",
    validate: (value: unknown) =>
      typeof value === "string"
        ? { value: value.repeat(2) }
        : { issues: [{ message: "must be a text", path: [{ key: "deep" }, 0] }] },
  },
};

describe("a request", () => {
  it("reaches the handler as the schema's output", async () => {
    const app = newApp();
    const schema = {
      params: z.object({ id: z.coerce.number() }),
      querystring: z.object({ limit: z.coerce.number().default(10) }),
      headers: z.object({ "x-tenant": z.string() }),
      body: z.object({
        at: z.codec(z.iso.datetime(), z.date(), { decode: (t) => new Date(t), encode: (d) => d.toISOString() }),
      }),
    };
    let year: number | undefined;
    app.post("/:id", { schema }, async ({ params, query, headers, body }) => {
      year = body.at.getFullYear();
      return { id: params.id, limit: query.limit, tenant: headers["x-tenant"] };
    });
    const response = await app.inject({
      method: "POST",
      url: "/7",
      headers: { "x-tenant": "blue" },
      payload: { at: "2026-05-01T00:00:00Z", more: true },
    });
    expect(response.json()).toEqual({ id: 7, limit: 10, tenant: "blue" });
    expect(year).toBe(2026);
  });

  it("that does not fit is answered in Fastify's form, naming every place", async () => {
    const app = newApp();
    const body = z.object({ name: z.string(), tags: z.array(z.object({ label: z.string() })) });
    app.post("/", { schema: { body } }, async () => ({}));
    const { status, body: answer } = await post(app, { name: 1, tags: [{}] });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ statusCode: 400, code: "FST_ERR_VALIDATION", error: "Bad Request" });
    expect(answer).toMatchObject({ message: expect.stringMatching(/body\/name .*body\/tags\/0\/label /) as string });
  });

  it("gives its issues to the app's own error handler", async () => {
    const app = newApp();
    app.setErrorHandler((error: { validation?: unknown; validationContext?: string }, _, reply) =>
      reply.code(422).send({ where: error.validationContext, issues: error.validation }),
    );
    app.post("/", { schema: { body: z.object({ n: z.int() }) } }, async () => ({}));
    const { status, body } = await post(app, { n: 1.5 });
    expect(status).toBe(422);
    expect(body).toMatchObject({ where: "body", issues: [{ keyword: "invalid_type", instancePath: "/n" }] });
  });

  it("can carry a body for each media type", async () => {
    const app = newApp();
    const content = {
      "application/json": { schema: z.object({ n: z.number() }) },
      "application/vnd.api+json": { schema: z.object({ data: z.object({}) }) },
    };
    app.addContentTypeParser(
      "application/vnd.api+json",
      { parseAs: "string" },
      app.getDefaultJsonParser("error", "error"),
    );
    app.post("/", { schema: { body: { content } } }, async ({ body }) => body);
    expect((await post(app, { n: 1 })).status).toBe(200);
    expect((await post(app, { data: {} })).status).toBe(400);
    const headers = { "content-type": "application/vnd.api+json" };
    const other = await app.inject({ method: "POST", url: "/", headers, payload: '{"data":{}}' });
    expect(other.statusCode).toBe(200);
  });

  it("can be validated by any library that follows Standard Schema", async () => {
    const app = newApp();
    app.post("/", { schema: { body: z.unknown(), querystring: {} } }, async ({ body }) => body);
    app.post("/standard", { schema: { body: standard } }, async ({ body }) => ({ body }));
    expect((await post(app, { no: "text" }, "/standard")).body).toMatchObject({
      message: "body/deep/0 must be a text",
    });
    const response = await app.inject({
      method: "POST",
      url: "/standard",
      headers: { "content-type": "application/json" },
      payload: '"ab"',
    });
    expect(response.json()).toEqual({ body: "abab" });
  });

  it("is not validated by a schema that needs a promise", async () => {
    const app = newApp();
    app.post("/", { schema: { body: z.object({}).refine(async () => true) } }, async () => ({}));
    const { status, body } = await post(app, {});
    expect(status).toBe(500);
    expect(body).toMatchObject({ message: "A schema of POST / validates asynchronously." });
  });
});

describe("a response", () => {
  it("is shaped by the schema of its status", async () => {
    const app = newApp();
    const response = { 200: z.object({ id: z.number() }), "4xx": z.object({ reason: z.string() }) };
    app.post("/", { schema: { response } }, async () => ({ id: 1, password: "secret" }));
    app.post("/taken", { schema: { response } }, async (_, reply) =>
      reply.code(409).send({ reason: "taken", password: "secret" } as never),
    );
    expect(await post(app, {})).toEqual({ status: 200, body: { id: 1 } });
    expect(await post(app, {}, "/taken")).toEqual({ status: 409, body: { reason: "taken" } });
  });

  it("is encoded by codecs, and dates are written as texts", async () => {
    const app = newApp();
    const codec = z.codec(z.string(), z.number(), { decode: Number, encode: String });
    const response = { 200: z.object({ amount: codec, at: z.date() }) };
    app.post("/", { schema: { response } }, async () => ({ amount: 12, at: new Date(0) }));
    expect((await post(app, {})).body).toEqual({ amount: "12", at: "1970-01-01T00:00:00.000Z" });
  });

  it("that does not fit is 500; the reason is in the log only", async () => {
    const lines: string[] = [];
    const logger = { level: "error", stream: { write: (line: string) => void lines.push(line) } };
    const { app } = new FastifyAppEnvironment({ name: "schemas", app: Fastify({ logger }) });
    const response = { 200: z.object({ balance: z.number() }) };
    app.post("/", { schema: { response } }, async () => ({ balance: "a private thing" }) as never);
    const { status, body } = await post(app, {});
    expect(status).toBe(500);
    expect(body).toEqual({
      statusCode: 500,
      code: "FST_ERR_RESPONSE_SERIALIZATION",
      error: "Internal Server Error",
      message: "The response does not match the schema of its route",
    });
    expect(lines.join("")).toContain("/balance: Invalid input: expected number, received string");
  });

  it("of an error is shaped too", async () => {
    const app = newApp();
    app.post("/", { schema: { response: { 503: z.object({ message: z.string() }) } } }, async () => {
      throw Object.assign(new Error("no luck"), { statusCode: 503 });
    });
    expect(await post(app, {})).toEqual({ status: 503, body: { message: "no luck" } });
  });

  it.for([
    ["zod", z.object({ reason: z.string() })],
    ["JSON", { type: "object", properties: { reason: { type: "string" } }, required: ["reason"] }],
  ] as const)("of 400 may have a form of its own in %s; a refusal is 400 all the same", async ([, refused]) => {
    const app = newApp();
    const schema = { body: z.object({ n: z.number() }), response: { 400: refused } };
    app.post("/", { schema }, async (_, reply) => reply.code(400).send({ reason: "too small" } as never));
    expect(await post(app, { n: 1 })).toEqual({ status: 400, body: { reason: "too small" } });
    const { status, body } = await post(app, { n: "1" });
    expect(status).toBe(400);
    expect(body).toMatchObject({ statusCode: 400, code: "FST_ERR_VALIDATION", error: "Bad Request" });
    expect(body).toMatchObject({ message: expect.stringContaining("body/n") as string });
  });
});

describe("JSON schemas", () => {
  it("stay Fastify's own matter where a route has nothing else", async () => {
    const app = newApp();
    const body = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    app.post("/", { schema: { body } }, async (request) => request.body);
    expect(await post(app, { n: "5" })).toEqual({ status: 200, body: { n: 5 } });
    expect((await post(app, {})).body).toMatchObject({ message: "body must have required property 'n'" });
  });

  it("may stand beside zod in one route, with shared schemas and the app's options of ajv", async () => {
    const ajv = { customOptions: { coerceTypes: false as const } };
    const { app } = new FastifyAppEnvironment({ name: "schemas", app: Fastify({ ajv }) });
    app.addSchema({ $id: "receipt", type: "object", properties: { total: { type: "number" } } });
    app.register(async (scope) => {
      scope.addSchema({ $id: "paging", type: "object", properties: { page: { type: "integer" } } });
      const schema = {
        body: z.object({ price: z.number() }),
        querystring: { type: "object", properties: { mode: { type: "boolean" } } },
        response: { 200: { $ref: "receipt#" }, 202: z.object({ queued: z.boolean() }) },
      };
      scope.post("/", { schema }, async (request, reply) => {
        const { price } = request.body as { price: number };
        if (price === 0) return reply.code(202).send({ queued: true, more: 1 });
        return { total: price, more: 1 };
      });
    });
    expect(await post(app, { price: 3 })).toEqual({ status: 200, body: { total: 3 } });
    expect(await post(app, { price: 0 })).toEqual({ status: 202, body: { queued: true } });
    expect((await post(app, { price: "3" })).body).toMatchObject({
      message: expect.stringContaining("body/price") as string,
    });
    // Without coercion a query is a text.
    expect((await post(app, { price: 3 }, "/?mode=true")).body).toMatchObject({
      message: "querystring/mode must be boolean",
    });
  });

  it("of headers may stand beside zod, in any case", async () => {
    const app = newApp();
    const headers = { type: "object", properties: { "X-Count": { type: "integer" } }, required: ["X-Count"] };
    app.post("/", { schema: { body: z.object({}), headers } }, async (request) => ({ n: request.headers["x-count"] }));
    const response = await app.inject({ method: "POST", url: "/", headers: { "x-count": "3" }, payload: {} });
    expect(response.json()).toEqual({ n: 3 });
  });

  it("beside zod are refused where Fastify's compilers cannot be reached", async () => {
    const { frameworkCompilers } = await import("../src/schemas/framework-compilers.ts");
    expect(() => frameworkCompilers({} as never, "/mixed")).toThrow(AppEnvError);
    expect(() => frameworkCompilers({} as never, "/mixed")).toThrow("/mixed mixes zod and JSON schemas");
  });
});

describe("compilers of the user", () => {
  it("win, on the route and on the instance", async () => {
    const app = newApp();
    const schema = { body: z.object({ n: z.number() }), response: { 200: z.object({ n: z.number() }) } };
    const own = { validatorCompiler: () => () => true, serializerCompiler: () => () => '{"own":true}' };
    app.post("/route", { schema, ...own }, async () => ({ n: 1 }));
    app.register(async (scope) => {
      scope.setValidatorCompiler(own.validatorCompiler).setSerializerCompiler(own.serializerCompiler);
      scope.post("/instance", { schema }, async () => ({ n: 1 }));
    });
    expect(await post(app, {}, "/route")).toEqual({ status: 200, body: { own: true } });
    expect(await post(app, {}, "/instance")).toEqual({ status: 200, body: { own: true } });
  });
});

import { createRoute, OpenAPIHono, z as openApiZ } from "@hono/zod-openapi";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Hono } from "hono";
import { describeResponse, describeRoute, resolver, validator } from "hono-openapi";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { HonoAppEnvironment, type AnyHono } from "../src/index.ts";

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>;
}

interface Document {
  readonly info: unknown;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, Record<string, unknown>>>;
}

async function describeApp(app: AnyHono): Promise<Document> {
  const env = new HonoAppEnvironment({ name: "described", description: "For people", app });
  const document = await env.createHost().openapi!();
  const plain: unknown = JSON.parse(JSON.stringify(document));
  expect(await new Validator().validate(plain as never)).toMatchObject({ valid: true });
  expect(plain).toEqual(document);
  return document as unknown as Document;
}

async function pathsOf(app: AnyHono): Promise<readonly string[]> {
  const { paths } = await describeApp(app);
  return Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
}

function answer(schema: z.ZodType): { description: string; content: Record<string, { schema: never }> } {
  return { description: "The answer", content: { "application/json": { schema: resolver(schema) as never } } };
}

const bodyOf = ({ requestBody }: Operation): unknown => requestBody?.content["application/json"]?.schema;
const answerOf = ({ responses }: Operation, status = 200): unknown =>
  responses[status]?.content?.["application/json"]?.schema;

describe("routes that nobody describes", () => {
  it("are in the document, with the paths of all apps around them", async () => {
    const items = new Hono();
    items.get("/", (c) => c.json([])).get("/:id{[0-9]{1,3}}", (c) => c.json({}));
    const app = new Hono().basePath("/v1");
    app.route("/items", items);
    app.post("/list/:page?", (c) => c.json([]));
    expect(await pathsOf(app)).toEqual([
      "get /v1/items",
      "get /v1/items/{id}",
      "post /v1/list",
      "post /v1/list/{page}",
    ]);
    expect((await describeApp(app)).paths["/v1/items/{id}"]).toEqual({
      get: {
        parameters: [{ in: "path", name: "id", required: true, schema: { type: "string" } }],
        responses: { 200: { description: "OK" } },
      },
    });
  });

  it("are left out if they are middleware, for all methods, HEAD or wildcards", async () => {
    const app = new Hono();
    app.use("*", async (_, next) => next());
    app.get("/guarded/*", async (_, next) => next());
    app.get(
      "/guarded/inside",
      async (_, next) => next(),
      (c) => c.text(""),
    );
    app.all("/all", (c) => c.text(""));
    app.get("/files/*", (c) => c.text(""));
    app.on("PURGE", "/cache", (c) => c.text(""));
    expect(await pathsOf(app)).toEqual(["get /guarded/inside"]);
  });
});

describe("an app with hono-openapi", () => {
  it("is described as it says, besides what it does not describe", async () => {
    const app = new Hono();
    app.get("/plain", (c) => c.text(""));
    app.put(
      "/notes/:id",
      describeRoute({
        summary: "Change",
        tags: ["Notes"],
        responses: { 200: answer(z.object({ note: z.string().default("") })) },
      }),
      validator("param", z.object({ id: z.uuid() })),
      validator("query", z.object({ limit: z.coerce.number().default(10).describe("At most") })),
      validator("json", z.object({ note: z.string().default("") })),
      (c) => c.json({ note: "" }),
    );
    app.get("/robots.txt", describeRoute({ summary: "Robots" }), (c) => c.text(""));
    const { paths, info } = await describeApp(app);
    expect(info).toEqual({ title: "described", description: "For people", version: "0.0.0" });
    expect(Object.keys(paths)).toEqual(["/plain", "/notes/{id}", "/robots.txt"]);
    const operation = paths["/notes/{id}"]!["put"]!;
    expect(operation).toMatchObject({ summary: "Change", tags: ["Notes"] });
    expect(operation.parameters).toMatchObject([
      { in: "path", name: "id", required: true, schema: { type: "string", format: "uuid" } },
      { in: "query", name: "limit", description: "At most" },
    ]);
    // A default makes a property optional on the way in, and present on the way out.
    expect(bodyOf(operation)).not.toHaveProperty("required");
    expect(answerOf(operation)).toMatchObject({ required: ["note"] });
    expect(operation.responses).toHaveProperty("400");
  });

  it("describes codecs and dates as they are on the wire, and takes schemas in requestBody and describeResponse", async () => {
    const amount = z.codec(z.string(), z.number(), { decode: Number, encode: String });
    const shape = z.object({ amount, at: z.date() });
    const app = new Hono();
    const content = { "application/json": { schema: resolver(shape) } };
    app.post("/", describeRoute({ requestBody: { content } as never, responses: { 201: answer(shape) } }), (c) =>
      c.text(""),
    );
    app.get(
      "/",
      describeResponse((c) => c.json({ n: 1 }), {
        200: { description: "A number", content: { "application/json": { vSchema: z.object({ n: z.number() }) } } },
      }),
    );
    const { paths } = await describeApp(app);
    const wire = { properties: { amount: { type: "string" }, at: { type: "string", format: "date-time" } } };
    expect(bodyOf(paths["/"]!["post"]!)).toMatchObject(wire);
    expect(answerOf(paths["/"]!["post"]!, 201)).toMatchObject(wire);
    expect(answerOf(paths["/"]!["get"]!)).toMatchObject({ properties: { n: { type: "number" } } });
  });

  it("may hide routes, and leave out what OpenAPI asks for", async () => {
    const app = new Hono();
    app.get("/hidden", describeRoute({ hide: true }), (c) => c.text(""));
    app.get("/shown", describeRoute({ hide: false, responses: { 404: {} as never } }), (c) => c.text(""));
    const { paths } = await describeApp(app);
    expect(Object.keys(paths)).toEqual(["/shown"]);
    expect(paths["/shown"]!["get"]!.responses).toEqual({ 404: { description: "Not Found" } });
  });
});

describe("an app with @hono/zod-openapi", () => {
  const params = openApiZ.object({ id: openApiZ.string().openapi({ param: { in: "path", name: "id" } }) });
  const user = openApiZ.object({ id: openApiZ.string(), age: openApiZ.number() }).openapi("User");
  const content = { "application/json": { schema: user } };

  it("is described as it says", async () => {
    const users = new OpenAPIHono();
    const responses = { 200: { content, description: "The user" } };
    users.openapi(createRoute({ method: "get", path: "/{id}", request: { params }, responses }), (c) =>
      c.json({ id: c.req.valid("param").id, age: 1 }, 200),
    );
    users.openapi(createRoute({ method: "get", path: "/hidden", hide: true, responses }), (c) =>
      c.json({ id: "", age: 1 }, 200),
    );
    const app = new OpenAPIHono();
    app.route("/users", users);
    app.openAPIRegistry.registerComponent("securitySchemes", "Session", { type: "apiKey", in: "cookie", name: "s" });
    const { paths, components, info } = await describeApp(app);
    expect(info).toEqual({ title: "described", description: "For people", version: "0.0.0" });
    expect(Object.keys(paths)).toEqual(["/users/{id}"]);
    expect(paths["/users/{id}"]!["get"]!.parameters).toMatchObject([{ in: "path", name: "id", required: true }]);
    expect(answerOf(paths["/users/{id}"]!["get"]!)).toEqual({ $ref: "#/components/schemas/User" });
    expect(components["schemas"]!["User"]).toMatchObject({ properties: { age: { type: "number" } } });
    expect(components["securitySchemes"]).toHaveProperty("Session");
  });

  it("may be described by hono-openapi in part", async () => {
    const app = new OpenAPIHono();
    app.openapi(createRoute({ method: "get", path: "/own", responses: { 200: { content, description: "" } } }), (c) =>
      c.json({ id: "", age: 1 }, 200),
    );
    app.get("/other", describeRoute({ summary: "The other" }), (c) => c.text(""));
    expect(await pathsOf(app)).toEqual(["get /own", "get /other"]);
  });
});

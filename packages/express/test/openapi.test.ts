import express, { type Express, type RequestHandler } from "express";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ExpressAppEnvironment, route } from "../src/index.ts";

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>;
}

interface Document {
  readonly info: unknown;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

async function describeApp(app: Express): Promise<Document> {
  const env = new ExpressAppEnvironment({ name: "described", description: "For people", app });
  const document = await env.createHost().openapi!();
  expect(await new Validator().validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  return document as unknown as Document;
}

async function pathsOf(app: Express): Promise<readonly string[]> {
  const { paths } = await describeApp(app);
  return Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
}

const plain: RequestHandler = (_request, response) => void response.end();
const named = (summary: string): RequestHandler => route({ summary }, () => undefined);
const answerOf = ({ responses }: Operation, status = 200): unknown =>
  responses[status]?.content?.["application/json"]?.schema;

describe("the routes of the document", () => {
  it("are those of the app, typed or not, in any order", async () => {
    const app = express();
    app.get("/early", plain);
    const before = new ExpressAppEnvironment({ name: "described", app });
    before.app.post("/late", named("late"));
    app.route("/both").get(plain).put(named("put")).delete(plain);
    expect(await pathsOf(app)).toEqual(["get /early", "post /late", "get /both", "put /both", "delete /both"]);
  });

  it("have the paths of all routers and apps around them, also several ones", async () => {
    const app = express();
    const items = express.Router({ mergeParams: true });
    const admin = express();
    items.get("/", named("list")).get("/:id", named("one"));
    admin.use("/items", items);
    admin.get("/stats", plain);
    admin.use(() => expect.unreachable("a middleware ran"));
    app.use(["/v1/:tenant/", "/v2"], express.Router().use("/items", items));
    app.use("/admin", admin);
    app.use(items);
    expect(await pathsOf(app)).toEqual([
      "get /v1/{tenant}/items",
      "get /v1/{tenant}/items/{id}",
      "get /v2/items",
      "get /v2/items/{id}",
      "get /admin/items",
      "get /admin/items/{id}",
      "get /admin/stats",
      "get /",
      "get /{id}",
    ]);
  });

  it("are written as OpenAPI writes paths", async () => {
    const app = express();
    app.get("/files/*rest", plain);
    app.get("/list{/:page{/:size}}", plain);
    app.get('/:"two words"/a\\:b', plain);
    app.get("/:from-:to", plain);
    expect(await pathsOf(app)).toEqual([
      "get /files/{rest}",
      "get /list",
      "get /list/{page}",
      "get /list/{page}/{size}",
      "get /{two words}/a:b",
      "get /{from}-{to}",
    ]);
  });

  it("leave out patterns, middleware, routes for all methods, HEAD and what is hidden", async () => {
    const app = express();
    app.get(/^\/pattern/, plain);
    app.use("/middleware", plain);
    app.use(/^\/under/, express.Router().get("/pattern", plain));
    app.all("/all", plain);
    app.use(express.Router().all("/router-all", plain));
    app.head("/head", plain);
    app.get(
      "/hidden",
      route({ hide: true }, () => undefined),
    );
    app.get("/shown", plain);
    expect(await pathsOf(app)).toEqual(["get /shown"]);
  });

  it("are left out below mounts whose path an older router keeps to itself", async () => {
    const app = express();
    const router = express.Router().get("/:id", plain);
    app.use("/v1", router).use(router).get("/own", plain);
    for (const layer of app.router.stack) Object.assign(layer, { rawPath: undefined });
    expect(await pathsOf(app)).toEqual(["get /{id}", "get /own"]);
  });

  it("stand once, described by the one that answers", async () => {
    const app = express();
    app.get("/", plain, named("first"));
    app.get("/", named("second"));
    expect((await describeApp(app)).paths["/"]).toMatchObject({ get: { summary: "first" } });
  });

  it("have their operationId once", async () => {
    const app = express();
    const router = express.Router().get(
      "/",
      route({ operationId: "list" }, () => undefined),
    );
    app.use("/a", router).use("/b", router);
    const { paths } = await describeApp(app);
    expect([paths["/a"]!["get"]!.operationId, paths["/b"]!["get"]!.operationId]).toEqual(["list", undefined]);
  });
});

describe("an operation", () => {
  it("describes what a request may be and what a response is", async () => {
    const app = express();
    app.put(
      "/notes/:id/:part",
      route(
        {
          summary: "Change a note",
          description: "All of it",
          tags: ["Notes"],
          deprecated: true,
          params: z.object({ id: z.uuid(), elsewhere: z.string() }),
          query: z.object({ limit: z.coerce.number().default(10).describe("At most") }),
          headers: z.object({ "x-tenant": z.string() }),
          body: z.object({ note: z.string().default("") }),
          response: {
            200: z.object({ note: z.string().default("") }),
            404: z.object({ reason: z.string() }),
            default: z.string(),
          },
        },
        () => undefined,
      ),
    );
    const operation = (await describeApp(app)).paths["/notes/{id}/{part}"]!["put"]!;
    expect(operation).toMatchObject({
      summary: "Change a note",
      description: "All of it",
      tags: ["Notes"],
      deprecated: true,
    });
    expect(operation.parameters).toMatchObject([
      { in: "path", name: "id", required: true, schema: { type: "string", format: "uuid" } },
      { in: "path", name: "part", required: true, schema: { type: "string" } },
      { in: "query", name: "limit", required: false, description: "At most" },
      { in: "header", name: "x-tenant", required: true },
    ]);
    // A default makes a property optional on the way in, and present on the way out.
    expect(operation.requestBody?.content["application/json"]?.schema).not.toHaveProperty("required");
    expect(answerOf(operation)).toMatchObject({ required: ["note"] });
    expect(answerOf(operation, 404)).toMatchObject({ properties: { reason: { type: "string" } } });
    expect(operation.responses).toMatchObject({ 400: { $ref: "#/components/responses/InvalidRequest" }, default: {} });
  });

  it("says no more than it knows", async () => {
    const app = express();
    app.get("/", plain);
    const { paths, info, components } = await describeApp(app);
    expect(info).toEqual({ title: "described", description: "For people", version: "0.0.0" });
    expect(paths["/"]).toEqual({ get: { responses: { 200: { description: "OK" } } } });
    expect(components).toEqual({ schemas: {} });
  });
});

import websocket from "@fastify/websocket";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { context } from "./support/context.ts";
import { FastifyAppEnvironment, type ZodFastifyInstance } from "../src/index.ts";

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>;
}

interface Document {
  readonly info: unknown;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

async function describeApp(declare: (app: ZodFastifyInstance) => void): Promise<Document> {
  const env = new FastifyAppEnvironment({ name: "described", description: "For people" });
  declare(env.app);
  const host = env.createHost();
  await host.start(context(env.name));
  const document = (await host.openapi!()) as unknown as Document;
  await host.close();
  return document;
}

const textSchema = (): object => ({ type: "string", $schema: "https://json-schema.org/draft/2020-12/schema" });
const bodyOf = ({ requestBody }: Operation): unknown => requestBody?.content["application/json"]?.schema;
const answerOf = ({ responses }: Operation, status = 200): unknown =>
  responses[status]?.content?.["application/json"]?.schema;

describe("the document", () => {
  it("describes what a request may be and what a response is", async () => {
    const schema = {
      params: z.object({ id: z.uuid() }),
      querystring: z.object({ limit: z.coerce.number().default(10).describe("At most") }),
      body: z.object({ note: z.string().default("") }),
      response: { 200: z.object({ note: z.string().default("") }), 404: z.object({ reason: z.string() }) },
    };
    const { paths } = await describeApp((app) => app.put("/notes/:id", { schema }, async () => ({ note: "" })));
    const operation = paths["/notes/{id}"]!["put"]!;
    expect(operation.parameters).toMatchObject([
      { in: "query", name: "limit", required: false, description: "At most" },
      { in: "path", name: "id", required: true, schema: { type: "string", format: "uuid" } },
    ]);
    // A default makes a property optional on the way in, and present on the way out.
    expect(bodyOf(operation)).not.toHaveProperty("required");
    expect(answerOf(operation)).toMatchObject({ required: ["note"] });
    expect(answerOf(operation, 404)).toMatchObject({ properties: { reason: { type: "string" } } });
  });

  it("describes codecs and dates as they are on the wire", async () => {
    const amount = z.codec(z.string(), z.number(), { decode: Number, encode: String });
    const body = z.object({ amount, at: z.date() });
    const { paths } = await describeApp((app) =>
      app.post("/", { schema: { response: { 200: body } } }, async () => ({ amount: 1, at: new Date() })),
    );
    expect(answerOf(paths["/"]!["post"]!)).toMatchObject({
      properties: { amount: { type: "string" }, at: { type: "string", format: "date-time" } },
    });
  });

  it("describes schemas that contain themselves, with a name and without", async () => {
    const named = z
      .object({
        get parts() {
          return z.array(named);
        },
      })
      .meta({ id: "Part" });
    const nameless = z.object({
      get next() {
        return nameless.optional();
      },
    });
    const { paths, components } = await describeApp((app) => {
      app.post("/named", { schema: { body: named } }, async () => ({}));
      app.post("/nameless", { schema: { body: nameless } }, async () => ({}));
    });
    expect(bodyOf(paths["/named"]!["post"]!)).toEqual({ $ref: "#/components/schemas/Part" });
    expect(components.schemas["Part"]).toMatchObject({
      properties: { parts: { items: { $ref: "#/components/schemas/Part" } } },
    });
    const { $ref } = bodyOf(paths["/nameless"]!["post"]!) as { $ref: string };
    expect(components.schemas[$ref.split("/").at(-1)!]).toMatchObject({ properties: { next: { $ref } } });
  });

  it("keeps JSON schemas beside zod, and shared ones under their name", async () => {
    const { paths, components } = await describeApp((app) => {
      app.register(async (scope) => {
        scope.addSchema({ $id: "failure", type: "object", properties: { reason: { type: "string" } } });
        const schema = { body: z.object({ n: z.number() }), response: { 400: { $ref: "failure#" } } };
        scope.post("/mixed", { schema }, async () => ({}));
      });
    });
    expect(bodyOf(paths["/mixed"]!["post"]!)).toMatchObject({ properties: { n: { type: "number" } } });
    expect(answerOf(paths["/mixed"]!["post"]!, 400)).toEqual({ $ref: "#/components/schemas/failure" });
    expect(components.schemas["failure"]).toMatchObject({ properties: { reason: { type: "string" } } });
  });

  it("keeps tags, summaries and other things said about a route", async () => {
    const schema = { tags: ["Notes"], summary: "All", operationId: "all", deprecated: true, querystring: z.object({}) };
    const { paths } = await describeApp((app) => app.get("/", { schema: schema as object }, async () => []));
    expect(paths["/"]!["get"]).toMatchObject({ tags: ["Notes"], summary: "All", operationId: "all", deprecated: true });
  });

  it("describes responses of several media types", async () => {
    const content = { "text/csv": { schema: z.string() }, "application/json": { schema: z.array(z.int()) } };
    const schema = { response: { 200: { description: "The numbers", content } } };
    const { paths } = await describeApp((app) => app.get("/", { schema }, async () => [] as never));
    expect(paths["/"]!["get"]!.responses["200"]).toMatchObject({
      description: "The numbers",
      content: { "text/csv": { schema: { type: "string" } }, "application/json": { schema: { type: "array" } } },
    });
  });

  it("leaves out hidden routes, HEAD and WebSockets", async () => {
    const { paths } = await describeApp((app) => {
      app.get("/shown", async () => "");
      app.get("/hidden", { schema: { hide: true } as object }, async () => "");
      app.head("/head-only", async () => "");
      app.register(websocket);
      app.register(async (scope) => void scope.get("/ws", { websocket: true }, () => {}));
    });
    expect(Object.keys(paths)).toEqual(["/shown"]);
    expect(Object.keys(paths["/shown"]!)).toEqual(["get"]);
  });

  it("says nothing about a schema of a library that cannot describe itself, and what one says that can", async () => {
    const mute = { "~standard": { version: 1, vendor: "mute", validate: (value: unknown) => ({ value }) } };
    const telling = { "~standard": { ...mute["~standard"], jsonSchema: { input: textSchema, output: textSchema } } };
    const { paths } = await describeApp((app) => {
      app.post("/mute", { schema: { body: mute } }, async () => ({}));
      app.post("/telling", { schema: { body: telling } }, async () => ({}));
    });
    expect(bodyOf(paths["/mute"]!["post"]!)).toEqual({});
    expect(bodyOf(paths["/telling"]!["post"]!)).toEqual({ type: "string" });
  });
});

import { z } from "zod";
import { expect, test } from "vitest";
import { TaskEnvironment } from "@appenv/core";
import type { OpenApiDocument } from "@appenv/core";
import type { OutputType } from "@appenv/core/internal";
import { clientFile } from "../../src/generate/client-file.ts";

const environment = new TaskEnvironment({ name: "gen" });
const command = "appenv gen client";

/** The declarations of a task with these schemas. */
function declared(name: string, input: z.ZodObject | undefined, output: z.ZodType | undefined): string {
  const task = environment.task({ name, ...(input && { input }), ...(output && { output }) }, () => undefined as never);
  return fileOf({ name: task.fullName, description: "", interface: task.interface });
}

function fileOf(task: Parameters<typeof clientFile>[0]["tasks"][number]): string {
  return clientFile({ tasks: [task], apps: [], command });
}

function routesOf(paths: object, components: object = {}): string {
  const document = { openapi: "3.1.1", info: { title: "Shop" }, paths, components } as OpenApiDocument;
  return clientFile({ tasks: [], apps: [{ name: "shop", document }], command });
}

/** The declarations of a task with several outputs of these names. */
function several(names: readonly string[]): string {
  const output: OutputType = { kind: "outputs", of: names.map((name) => ({ name, type: { kind: "integer" } })) };
  return fileOf({ name: "py.f", description: "", interface: { inputs: [], output } });
}

test("values of tasks get the types that they have in code", () => {
  const text = declared(
    "values",
    z.object({
      when: z.date(),
      big: z.bigint(),
      tags: z.array(z.string().nullable()),
      sizes: z.record(z.string(), z.number()),
      kind: z.enum(["a", "b"]).optional(),
      either: z.union([z.int(), z.string()]),
      "two words": z.boolean().default(true),
    }),
    z.object({ at: z.date(), pair: z.tuple([z.string(), z.int()]) }),
  );
  expect(text).toContain(`readonly when: Date;`);
  expect(text).toContain(`readonly big: bigint;`);
  expect(text).toContain(`readonly tags: readonly (string | null)[];`);
  expect(text).toContain(`readonly sizes: Readonly<Record<string, number>>;`);
  expect(text).toContain(`readonly kind?: "a" | "b" | undefined;`);
  expect(text).toContain(`readonly either: number | string;`);
  expect(text).toContain(`readonly "two words"?: boolean`);
  expect(text).toContain(`readonly at: Date;`);
  expect(text).toContain(`readonly pair: readonly [string, number];`);
});

test("a schema that contains itself is a type that does", () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
  });
  const text = declared("tree", z.object({ tree: Tree }), undefined);
  const name = /children: readonly (\w+)\[\]/.exec(text)?.[1] ?? "none";
  expect(text).toContain(`export type ${name} = {`);
  expect(text).toContain("DeployedTask<GenTreeInput, GenTreeOutput>");
  expect(text).toContain("export type GenTreeOutput = void;");
});

test("several outputs are a list, or an object if they have names", () => {
  expect(several(["o0", "o1"])).toContain("readonly [number, number]");
  expect(several(["sum", "product"])).toContain("readonly product: number;");
});

test("operations of apps have their parameters, bodies and answers", () => {
  const Item = { type: "object", properties: { id: { type: "integer" }, next: { $ref: "#/components/schemas/Item" } } };
  const text = routesOf(
    {
      "/items/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        get: {
          summary: "One */ item.",
          parameters: [{ name: "fields", in: "query", schema: { type: "array", items: { type: "string" } } }],
          responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Item" } } } } },
        },
        delete: { responses: { 204: { description: "gone" } } },
        put: {
          requestBody: { required: true, content: { "application/json": { schema: { type: ["string", "null"] } } } },
          responses: { default: { content: { "text/event-stream": {} } } },
        },
      },
    },
    { schemas: { Item } },
  );
  expect(text).toContain(`readonly "GET /items/{id}": {`);
  expect(text).toContain("readonly fields?: readonly string[];");
  expect(text).toContain("readonly response: ShopItem;");
  expect(text).toContain("readonly next?: ShopItem;");
  expect(text).toContain("readonly body: string | null;");
  expect(text).toContain("readonly response: undefined;");
  expect(text).toContain("readonly response: Response;");
  expect(text).toContain("One *\\/ item.");
});

test("names that would clash, or that a language takes, are changed", () => {
  const document = { openapi: "3.1.1", info: { title: "x" }, paths: {} } as OpenApiDocument;
  const apps = ["delete", "tasks", "a-b", "a--b"].map((name) => ({ name, document }));
  const text = clientFile({ tasks: [], apps, command });
  for (const constant of ["deleteApp", "tasksApp", "aB", "aBApp"]) expect(text).toContain(`export const ${constant}:`);
  expect(new Set(text.match(/export interface \w+/g)).size).toBe(4);
});

test("a description with code in it stays a description", () => {
  const text = fileOf({
    name: "gen.evil",
    description: "*/ process.exit(); /*",
    interface: {
      inputs: [{ name: "a-b", type: { kind: "enum", values: ['x" | process.exit() //'] } }],
      output: undefined,
    },
  });
  expect(text).toContain("/** *\\/ process.exit(); /* */");
  expect(text).toContain(String.raw`readonly "a-b": "x\" | process.exit() //";`);
});

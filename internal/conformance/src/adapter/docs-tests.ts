import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openPage } from "../browser.ts";
import { danglingRefs } from "../dangling-refs.ts";
import { systemProgram } from "@appenv-internal/test-support/system";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** As much of an OpenAPI document as is looked at. */
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly security?: unknown;
}

interface Operation {
  readonly summary?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** `/openapi.json` and `/docs`. */
export function docsTests(adapter: AdapterUnderTest): void {
  const { openapi, validation } = adapter.abilities;

  whenAble(!openapi, "has no docs, and says so", async () => {
    const app = await start(adapter);
    expect((await app.fetch("/openapi.json")).status).toBe(404);
    expect((await app.fetch("/docs")).status).toBe(404);
  });

  whenAble(openapi, "describes the routes in a valid document of OpenAPI 3.1", async () => {
    const app = await start(adapter, { description: "An app of the suite" });
    const document = await read(app.fetch("/openapi.json"));
    expect(await new Validator().validate(structuredClone(document) as never)).toMatchObject({ valid: true });
    expect(danglingRefs(document)).toEqual([]);
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toMatchObject({ title: "suite", description: "An app of the suite" });
    expect(document.paths["/"]?.["get"]?.summary).toBe("The greeting");
    expect(document.paths).toHaveProperty(["/orders", "post"]);
  });

  whenAble(openapi && validation, "describes zod schemas, named ones once", async () => {
    const app = await start(adapter);
    const { paths, components } = await read(app.fetch("/openapi.json"));
    const operation = paths["/orders"]?.["post"];
    expect(operation?.requestBody?.content["application/json"]?.schema).toEqual({
      $ref: "#/components/schemas/shop-Order-new",
    });
    expect(components["schemas"]?.["shop-Order-new"]).toMatchObject({
      description: "What is ordered",
      properties: { item: { type: "string" }, count: { type: "number" } },
      required: ["item", "count"],
    });
    expect(JSON.stringify(operation?.responses)).toContain('"id":{"type":"string"}');
  });

  whenAble(
    openapi && validation,
    "names a schema once where requests and responses are alike, else twice",
    async () => {
      const app = await start(adapter);
      const { paths, components } = await read(app.fetch("/openapi.json"));
      const { requestBody, responses } = paths["/todos"]!["post"]!;
      const body = requestBody?.content["application/json"]?.schema as { $ref: string };
      const list = (responses?.["200"] as typeof requestBody)?.content["application/json"]?.schema as {
        items: { $ref: string };
      };
      const schemaAt = ({ $ref }: { $ref: string }): unknown => components["schemas"]?.[$ref.split("/").at(-1)!];
      const named = Object.keys(components["schemas"] ?? {}).filter((name) => /^(Tag|Todo)/.test(name));
      expect(named.map((name) => name.slice(0, 4)).toSorted()).toEqual(["Tag", "Todo", "Todo"]);
      // A default makes a property optional on the way in, and present on the way out.
      expect(schemaAt(body)).toMatchObject({ required: ["tags"] });
      expect(schemaAt(list.items)).toMatchObject({ required: ["tags", "done"] });
      const tags = { properties: { tags: { items: { $ref: "#/components/schemas/Tag" } } } };
      expect([schemaAt(body), schemaAt(list.items)]).toMatchObject([tags, tags]);
    },
  );

  whenAble(openapi, "says that a key is needed, and does not need one itself", async () => {
    const open = await read((await start(adapter)).fetch("/openapi.json"));
    expect(open).not.toHaveProperty("security");
    const closed = await read((await start(adapter, { requiresAuth: true })).fetch("/openapi.json"));
    expect(closed.security).toEqual([{ apiKey: [] }]);
    expect(closed.components["securitySchemes"]?.["apiKey"]).toMatchObject({ type: "http", scheme: "bearer" });
    expect(closed.paths["/"]?.["get"]?.responses).toHaveProperty("401");
  });

  whenAble(openapi, "shows the document on a page", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/docs");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  if (openapi) inBrowser(adapter);
}

function inBrowser(adapter: AdapterUnderTest): void {
  const chromium = systemProgram("chromium");
  it.skipIf(chromium.missing)("shows it in a browser, with nothing from any other host", async () => {
    const app = await start(adapter);
    const { page, problems, requests } = await openPage(chromium.path!, `${app.url}/docs`);
    await page.getByText("The greeting").first().waitFor();
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(app.url))).toEqual([]);
  });
}

async function read(response: Promise<Response>): Promise<Document> {
  const { status, text } = { status: (await response).status, text: await (await response).text() };
  expect(status).toBe(200);
  return JSON.parse(text) as Document;
}

import { danglingRefs, openPage, serveForTest, systemProgram } from "@appenv-internal/conformance";
import { AppEnvironment } from "@appenv/core";
import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { webSockets, type SocketRouter } from "../src/index.ts";

const chromium = systemProgram("chromium");
const node = z
  .object({
    name: z.string(),
    get children() {
      return z.array(node);
    },
  })
  .meta({ id: "tree/Node~1" });

function router(): SocketRouter {
  return webSockets()
    .route("/free", { summary: "Anything" }, () => {})
    .route("/tree/:id", { outgoing: node, incoming: z.object({ at: z.date().optional() }) }, () => {})
    .route(
      "/double/:by",
      {
        summary: "Doubles",
        params: z.object({ by: z.coerce.number().describe("the factor") }),
        query: z.object({ plus: z.coerce.number().default(0) }),
        incoming: z.object({ x: z.number() }),
        outgoing: z.object({ y: z.number() }),
      },
      async (connection) => {
        const { params, query } = connection;
        for await (const { x } of connection) await connection.send({ y: x * params.by + query.plus });
      },
    ) as SocketRouter;
}

function environment(): AppEnvironment {
  const env = new AppEnvironment({ name: "docs", description: "About sockets", requiresAuth: false });
  env.server(() => (_, response) => void response.end());
  env.mount(router());
  return env;
}

test("the document of the sockets is AsyncAPI 3 and says what they take", async () => {
  const { fetch } = await serveForTest(environment());
  const document: any = await (await fetch("/asyncapi.json")).json();
  expect(document.info).toEqual({ title: "docs", description: "About sockets", version: "0.0.0" });
  expect(document.channels.double_by).toMatchObject({
    address: "/double/{by}",
    parameters: { by: { description: "the factor" } },
    messages: { incoming: { payload: { properties: { x: { type: "number" } }, required: ["x"] } } },
    bindings: { ws: { query: { properties: { plus: { default: 0 } } } } },
  });
  expect(document.channels.tree_id.messages.outgoing.payload).toEqual({ $ref: "#/components/schemas/tree-Node-1" });
  const [key, reference] = ["tree-Node-1", "#/components/schemas/tree-Node-1"];
  expect(document.components.schemas[key].properties.children.items.$ref).toBe(reference);
  expect(danglingRefs(document)).toEqual([]);

  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
  const validate = ajv.compile((specs as any).schemas["3.0.0"]);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...document, channels: { wrong: { address: 7 } } })).toBe(false);
});

describe.skipIf(chromium.missing !== undefined)("the page of the sockets", () => {
  test("lists them and tries one, with nothing from elsewhere and no violation of its policy", async () => {
    const { url } = await serveForTest(environment());
    const { page, problems, requests } = await openPage(chromium.path!, `${url}/sockets`);
    const section = page.locator("section#double_by");
    await section.getByLabel("by").fill("10");
    await section.getByLabel("plus").fill("2");
    await section.getByRole("button", { name: "Connect" }).click();
    await section.getByText("connected", { exact: true }).waitFor();
    await section.locator("textarea").fill('{"x": 4}');
    await section.getByRole("button", { name: "Send" }).click();
    await section.getByText('← {"y":42}').waitFor();
    // Three sockets, and the schema that has a name.
    expect(await page.locator("section").count()).toBe(4);
    expect(problems).toEqual([]);
    expect(requests.every((address) => address.startsWith(url) || address.startsWith("data:"))).toBe(true);
  });
});

import { expect, test } from "vitest";
import { readBody } from "../src/pages/app/requests/body.ts";
import { channelsOf } from "../src/pages/app/requests/channels.ts";
import { operationsOf } from "../src/pages/app/requests/operations.ts";
import { curlOf, outgoingOf } from "../src/pages/app/requests/outgoing.ts";
import { sampleOf } from "../src/pages/app/requests/sample.ts";

const document = {
  openapi: "3.1.0",
  components: {
    schemas: {
      Fruit: {
        type: "object",
        required: ["name", "parts"],
        properties: {
          name: { type: "string" },
          grams: { anyOf: [{ type: "integer" }, { type: "null" }], default: 5 },
          parts: { type: "array", items: { $ref: "#/components/schemas/Fruit" } },
        },
      },
    },
    parameters: { Shop: { in: "header", name: "x-shop", schema: { type: "string" } } },
  },
  paths: {
    "/fruits/{name}": {
      parameters: [{ $ref: "#/components/parameters/Shop" }],
      put: {
        summary: "Puts",
        parameters: [
          { in: "query", name: "tag", schema: { type: "array", items: { type: "string" } } },
          { in: "cookie", name: "who", schema: { type: "string" } },
        ],
        requestBody: {
          required: true,
          content: {
            "application/json": { schema: { $ref: "#/components/schemas/Fruit" } },
            "application/x-www-form-urlencoded": { schema: { $ref: "#/components/schemas/Fruit" } },
          },
        },
      },
    },
  },
};

const [operation] = operationsOf(document);

test("operations are read with the parameters of their path, and their bodies by schema", () => {
  expect(operation).toMatchObject({ key: "PUT /fruits/{name}", summary: "Puts" });
  expect(operation!.parameters.map(({ place, field }) => [place, field.name, field.required, field.kind])).toEqual([
    ["path", "name", true, "text"],
    ["header", "x-shop", false, "text"],
    ["query", "tag", false, "json"],
    ["cookie", "who", false, "text"],
  ]);
  const [json] = operation!.bodies;
  expect(json!.fields.map(({ name, kind, text }) => [name, kind, text.length > 0])).toEqual([
    ["name", "text", false],
    ["grams", "number", true],
    ["parts", "json", true],
  ]);
  // A schema that is a part of itself comes to an end.
  expect(JSON.parse(json!.text)).toMatchObject({ name: "", grams: 5, parts: [{ name: "" }] });
});

test("a request is made of what was filled in, and is the same as a command", async () => {
  const texts = {
    path: new Map([["name", "a/b?"]]),
    query: new Map([["tag", '["x y", "z"]']]),
    header: new Map([["x-shop", "it's"]]),
    cookie: new Map([["who", "a;b"]]),
  };
  const [json, form] = operation!.bodies;
  const content = new Map([
    ["name", "pear"],
    ["parts", "[]"],
  ]);
  const outgoing = await outgoingOf(operation!, texts, { form: json!, content });
  expect(outgoing).toMatchObject({
    method: "PUT",
    path: "/fruits/a%2Fb%3F?tag=x+y&tag=z",
    headers: [
      { name: "x-shop", value: "it's" },
      { name: "cookie", value: "who=a%3Bb" },
      { name: "content-type", value: "application/json" },
    ],
  });
  expect(JSON.parse(new TextDecoder().decode(outgoing.body))).toEqual({ name: "pear", grams: 5, parts: [] });
  const encoded = await outgoingOf(operation!, texts, { form: form!, content });
  expect(new TextDecoder().decode(encoded.body)).toBe("name=pear&grams=5&parts=%5B%5D");
  expect(curlOf(outgoing, "http://localhost:1/", true)).toBe(
    [
      "curl -X PUT 'http://localhost:1/fruits/a%2Fb%3F?tag=x+y&tag=z'",
      '-H "authorization: Bearer $APPENV_API_KEY"',
      "-H 'x-shop: it'\\''s'",
      "-H 'cookie: who=a%3Bb'",
      "-H 'content-type: application/json'",
      `--data-raw '{"name":"pear","grams":5,"parts":[]}'`,
    ].join(" \\\n  "),
  );
  await expect(outgoingOf(operation!, { ...texts, query: new Map([["tag", "[x"]]) }, undefined)).rejects.toThrow(
    "'tag' is no JSON",
  );
});

test("channels are read with a message that the app takes", () => {
  const [channel] = channelsOf({
    asyncapi: "3.0.0",
    channels: {
      chat: {
        address: "/chat/{room}",
        parameters: { room: { enum: ["one", "two"] } },
        messages: { outgoing: { payload: { type: "number" } }, incoming: { payload: { const: { say: "hello" } } } },
        bindings: { ws: { query: { type: "object", properties: { since: { type: "integer" } } } } },
        "x-subprotocols": ["v1"],
      },
    },
    operations: {
      in: {
        action: "receive",
        channel: { $ref: "#/channels/chat" },
        messages: [{ $ref: "#/channels/chat/messages/incoming" }],
      },
    },
  });
  expect(channel).toMatchObject({ address: "/chat/{room}", protocols: ["v1"], path: [{ kind: "choice" }] });
  expect(channel!.query.map(({ name, kind }) => [name, kind])).toEqual([["since", "number"]]);
  expect(JSON.parse(channel!.message)).toEqual({ say: "hello" });
});

test("documents that are none, or lead in circles, are read as far as they go", () => {
  expect(operationsOf({ paths: { "/x": { get: 5, post: { parameters: [3, { $ref: "#/nowhere" }] } } } })).toMatchObject(
    [{ key: "POST /x", parameters: [], bodies: [] }],
  );
  expect(sampleOf({ a: { $ref: "#/a" } }, { $ref: "#/a" })).toBeNull();
  expect(sampleOf({}, { $ref: "#/constructor" })).toBeNull();
  expect(channelsOf({ channels: { x: null } })).toMatchObject([{ address: "/x" }]);
});

function textOf(type: string, ...chunks: readonly (readonly number[])[]): string | undefined {
  const headers = type === "" ? [] : [{ name: "Content-Type", value: type }];
  return readBody({
    head: { headers } as never,
    chunks: chunks.map((chunk) => new Uint8Array(chunk)),
    isOpen: false,
  }).text;
}

test("a body is shown as text if it is one, whatever its chunks are cut into", () => {
  const pear = [...new TextEncoder().encode("🍐")];
  expect(textOf("text/plain; charset=utf-8", pear.slice(0, 2), pear.slice(2))).toBe("🍐");
  expect(textOf("application/problem+json", [...new TextEncoder().encode('{"a":1}')])).toBe('{\n  "a": 1\n}');
  expect(textOf("image/png", [1])).toBeUndefined();
  expect(textOf("", [1, 0])).toBeUndefined();
  expect(textOf("", pear)).toBe("🍐");
});

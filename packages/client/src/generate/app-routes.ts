import type { OpenApiDocument } from "@appenv/core";
import { resolveSchema, type JsonSchema } from "@appenv/protocol/values";
import { comment, propertyName } from "./declarations.ts";
import { indented, schemaType, unionType, type SchemaPlace } from "./schema-type.ts";

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** The operations of an app's OpenAPI document, as the fields of a type by method and path: see `AppRoute`. */
export function routesType(document: OpenApiDocument, place: SchemaPlace): string {
  const paths = Object.entries((document["paths"] ?? {}) as Record<string, JsonSchema>);
  const fields = paths.flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as JsonSchema | undefined;
      return operation === undefined ? [] : [routeField(method, path, withShared(operation, item), place)];
    }),
  );
  return `{\n${indented(fields.join(""))}}`;
}

/** Parameters that a path states for all of its operations. */
function withShared(operation: JsonSchema, item: JsonSchema): JsonSchema {
  return { ...operation, parameters: [...list(item["parameters"]), ...list(operation["parameters"])] };
}

function routeField(method: string, path: string, operation: JsonSchema, place: SchemaPlace): string {
  const about = [operation["summary"], operation["description"]].filter((text) => typeof text === "string");
  const parts = [
    ...parameters(operation, "path", place),
    ...parameters(operation, "query", place),
    ...parameters(operation, "header", place),
    ...body(operation, place),
    `readonly response: ${responseType(operation, place)};\n`,
  ];
  const name = JSON.stringify(`${method.toUpperCase()} ${path}`);
  return `${comment([...new Set(about)].join("\n\n"), "")}readonly ${name}: {\n${indented(parts.join(""))}};\n`;
}

const fieldNames = { path: "path", query: "query", header: "headers" } as const;

function parameters(operation: JsonSchema, where: keyof typeof fieldNames, place: SchemaPlace): readonly string[] {
  const own = list(operation["parameters"])
    .map((parameter) => resolveSchema(parameter, place.root))
    .filter((parameter) => parameter["in"] === where);
  if (own.length === 0) return [];
  const fields = own.map((parameter) => {
    const about = typeof parameter["description"] === "string" ? parameter["description"] : "";
    const mark = parameter["required"] === true ? "" : "?";
    const type = schemaType(parameter["schema"], place);
    return `${comment(about, "")}readonly ${propertyName(String(parameter["name"]))}${mark}: ${type};\n`;
  });
  const optional = own.every((parameter) => parameter["required"] !== true) ? "?" : "";
  return [`readonly ${fieldNames[where]}${optional}: {\n${indented(fields.join(""))}};\n`];
}

function body(operation: JsonSchema, place: SchemaPlace): readonly string[] {
  if (operation["requestBody"] === undefined) return [];
  const request = resolveSchema(operation["requestBody"], place.root);
  const contents = Object.entries((request["content"] ?? {}) as Record<string, JsonSchema>);
  const types = contents.map(([type, content]) => (isJson(type) ? schemaType(content["schema"], place) : "BodyInit"));
  return [`readonly body${request["required"] === true ? "" : "?"}: ${unionType(types)};\n`];
}

/** The bodies of the successful answers, as `AppClient` reads them. */
function responseType(operation: JsonSchema, place: SchemaPlace): string {
  const answers = Object.entries((operation["responses"] ?? {}) as Record<string, unknown>);
  const good = answers.filter(([status]) => status.startsWith("2"));
  const chosen = good.length > 0 ? good : answers.filter(([status]) => status === "default");
  return chosen.length === 0
    ? "unknown"
    : unionType(chosen.flatMap(([status, answer]) => bodiesOf(status, resolveSchema(answer, place.root), place)));
}

function bodiesOf(status: string, answer: JsonSchema, place: SchemaPlace): readonly string[] {
  const contents = Object.entries((answer["content"] ?? {}) as Record<string, JsonSchema>);
  if (contents.length === 0) return [status === "204" || status === "205" ? "undefined" : "unknown"];
  return contents.map(([type, content]) => {
    if (isJson(type)) return schemaType(content["schema"], place);
    return type.startsWith("text/") && type !== "text/event-stream" ? "string" : "Response";
  });
}

function isJson(type: string): boolean {
  return /^application\/([^;]+\+)?json\b/.test(type);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

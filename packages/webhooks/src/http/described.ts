import type { OpenApiDocument, Schema } from "@appenv/core";
import { problemType } from "@appenv-internal/http/problem";
import { Components, type Direction, type JsonSchema } from "@appenv-internal/openapi/components";
import { documentHead } from "@appenv-internal/openapi/document";
import { problemSchema } from "@appenv-internal/openapi/problem-schema";
import { zodJsonSchema } from "@appenv-internal/openapi/zod-json-schema";
import type { ZodType } from "zod";

/** An object of OpenAPI. */
export type Json = Readonly<Record<string, unknown>>;

/** Puts the document of some operations together; schemas with a name become its components. */
export class Described {
  readonly #components: Components = new Components(["Problem"]);
  readonly #paths: Record<string, Json> = {};

  /** Adds an operation. */
  add(path: string, method: string, operation: Json): void {
    this.#paths[path] = { ...this.#paths[path], [method.toLowerCase()]: operation };
  }

  /** A schema of zod as JSON schema; anything at all without one. */
  async schema(schema: Schema | undefined, direction: Direction): Promise<JsonSchema> {
    if (schema === undefined) return {};
    // Whoever never asks for the docs does not load zod for them.
    const { toJSONSchema } = await import("zod");
    const convert = (options: object): JsonSchema => toJSONSchema(schema as unknown as ZodType, options);
    return this.#components.reference(await zodJsonSchema(convert, direction), direction);
  }

  /** The document. */
  document(title: string): OpenApiDocument {
    return {
      ...documentHead({ title }),
      paths: this.#paths,
      components: { schemas: { Problem: problemSchema({}, { issues }), ...this.#components.schemas() } },
    };
  }
}

/** An answer, or a body, in JSON. */
export function inJson(description: string, schema: Json): Json {
  return { description, content: { "application/json": { schema } } };
}

/** Answers that are problems, by status. */
export function problems(byStatus: Readonly<Record<number, string>>): Json {
  const schema = { $ref: "#/components/schemas/Problem" };
  const answers = Object.entries(byStatus).map(([status, description]) => [
    status,
    { description, content: { [problemType]: { schema } } },
  ]);
  return Object.fromEntries(answers) as Json;
}

/** An object of these properties, all of them required. */
export function objectOf(properties: Json): Json {
  return { type: "object", properties, required: Object.keys(properties) };
}

/** A text. */
export const text: Json = { type: "string" };

const issues = { type: "array", items: { type: "object", properties: { path: text, message: text } } };

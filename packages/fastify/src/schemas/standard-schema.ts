import type { FastifySchema } from "fastify";

/** One thing a schema found. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** zod's name of the rule. */
  readonly code?: string;
}

/** The outcome of Standard Schema's `validate`. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/** What this package needs of a schema that follows Standard Schema (standardschema.dev), zod's included. */
export interface StandardSchema {
  readonly "~standard": {
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
    /** Standard JSON Schema, which newer libraries bring. */
    readonly jsonSchema?: Readonly<
      Record<"input" | "output", (options: { target: "draft-2020-12" }) => Record<string, unknown>>
    >;
  };
}

/** Whether a part of a route's schema is no JSON schema. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** The schemas a route validates requests with: one for each part, or for each media type of the body. */
export function requestParts(schema: FastifySchema): readonly unknown[] {
  const { body, querystring, params, headers } = schema;
  const query = (schema as { query?: unknown }).query;
  return [...byMediaType(body), querystring, query, params, headers].filter((part) => part !== undefined);
}

/** The schemas a route shapes responses with: one for each status, or for each media type of it. */
export function responseParts(schema: FastifySchema): readonly unknown[] {
  return Object.values((schema.response ?? {}) as Record<string, unknown>).flatMap(byMediaType);
}

function byMediaType(part: unknown): readonly unknown[] {
  if (isStandardSchema(part)) return [part];
  const content = (part as { content?: Record<string, { schema?: unknown }> } | undefined)?.content;
  return content === undefined ? [part] : Object.values(content).map(({ schema }) => schema);
}

/** The place of an issue as a JSON pointer; empty for the whole value. */
export function pathOf({ path = [] }: Issue): string {
  return path
    .map((step) => String(typeof step === "object" ? step.key : step))
    .map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

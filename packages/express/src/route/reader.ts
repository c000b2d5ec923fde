import { decoder, type CheckNow } from "@appenv-internal/openapi/check";
import { pathOf } from "@appenv-internal/openapi/standard-schema";
import type { Request } from "express";
import type { RouteSchemas } from "./definition.ts";

/** One thing that is wrong with a request. */
export interface Invalid {
  /** The part of the request. */
  readonly in: Part;
  /** The place inside as a JSON pointer; empty for the whole part. */
  readonly path: string;
  /** The mistake there, for people. */
  readonly message: string;
}

type Part = "params" | "query" | "headers" | "body";

/** A request as its schemas put it out, or everything that is wrong with it. */
export type Outcome =
  | { readonly input: Readonly<Record<string, unknown>>; readonly invalid?: undefined }
  | { readonly invalid: readonly Invalid[] };

const parts: readonly Part[] = ["params", "query", "headers", "body"];

/** Checks requests by the schemas of a route. */
export function createReader(schemas: RouteSchemas): (request: Request) => Outcome {
  const checks = parts.flatMap((part): readonly (readonly [Part, CheckNow])[] => {
    const schema = schemas[part];
    return schema === undefined ? [] : [[part, decoder(schema, "the route")]];
  });
  return (request) => {
    const input: Record<string, unknown> = {};
    const invalid: Invalid[] = [];
    for (const [part, check] of checks) {
      const result = check(request[part]);
      if (result.issues === undefined) input[part] = result.value;
      else for (const issue of result.issues) invalid.push({ in: part, path: pathOf(issue), message: issue.message });
    }
    return invalid.length === 0 ? { input } : { invalid };
  };
}

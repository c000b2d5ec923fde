import { decoder } from "@appenv-internal/openapi/check";
import type { SchemaIssue } from "@appenv/core/internal";
import { mostIssues, pathOf, type StandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { FastifySchemaValidationError } from "fastify";

/** The value for the handler, or the errors for the 400 answer. */
export type ValidatorResult = { readonly value: unknown } | { readonly error: readonly FastifySchemaValidationError[] };

/** A validator as Fastify calls it. */
export function compileValidator(schema: StandardSchema, route: string): (data: unknown) => ValidatorResult {
  const check = decoder(schema, route);
  return (data) => {
    const result = check(data);
    if (result.issues === undefined) return { value: result.value };
    return { error: result.issues.slice(0, mostIssues).map(validationError) };
  };
}

/** Fastify's form of an issue, from which it writes for example `body/name Invalid input: expected string`. */
function validationError(issue: SchemaIssue): FastifySchemaValidationError {
  const instancePath = pathOf(issue);
  const keyword = issue.code ?? "invalid";
  return { keyword, instancePath, schemaPath: `#${instancePath}/${keyword}`, params: {}, message: issue.message };
}

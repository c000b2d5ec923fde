import type { JsonSchema } from "./components.ts";

/** The title and description of an API. */
export interface DocumentInfo {
  readonly title: string;
  readonly description?: string | undefined;
}

/** The methods a document describes. HEAD is left out: it says nothing that GET does not say. */
export const documentedMethods: ReadonlySet<string> = new Set([
  "GET",
  "PUT",
  "POST",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
]);

/** The beginning of a document. */
export function documentHead({ title, description }: DocumentInfo): {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly description?: string; readonly version: string };
} {
  return {
    openapi: "3.1.1",
    info: { title, ...(description === undefined ? {} : { description }), version: "0.0.0" },
  };
}

/** The names of the parameters in a path of OpenAPI, in order. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
}

/** An object without its properties that are undefined, which JSON does not have either. */
export function withoutUnset(item: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

/** The ids of operations, each of which may stand only once in a document. */
export class OperationIds {
  readonly #taken = new Set<string>();

  /** The operation, without its id if an earlier one has it. */
  unique(operation: JsonSchema): JsonSchema {
    const { operationId, ...rest } = operation;
    if (typeof operationId !== "string" || this.#taken.has(operationId)) return rest;
    this.#taken.add(operationId);
    return operation;
  }
}

import { AppEnvError } from "@appenv/core";
import type { Issue, StandardResult, StandardSchema } from "./standard-schema.ts";

/** Tries a value against a schema, at once. */
export type Check = (value: unknown) => StandardResult;

/** zod's own calls. Unlike Standard Schema's `validate` they are never asynchronous, and there is one to encode. */
interface ZodSchema extends StandardSchema {
  readonly safeParse: (value: unknown) => ZodResult;
  /** Not in zod's `mini` form. */
  readonly safeEncode?: (value: unknown) => ZodResult;
}

type ZodResult =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** From what a client sent to what a handler gets. */
export function decoder(schema: StandardSchema, route: string): Check {
  if (!isZod(schema)) return (value) => atOnce(schema["~standard"].validate(value), route);
  return (value) => {
    try {
      return fromZod(schema.safeParse(value));
    } catch (error) {
      throw isZodAsync(error) ? asynchronous(route) : error;
    }
  };
}

/** From what a handler returned to what the client gets. Codecs of zod work backwards here. */
export function encoder(schema: StandardSchema, route: string): Check {
  if (!isZod(schema) || schema.safeEncode === undefined) return decoder(schema, route);
  return (value) => fromZod(schema.safeEncode!(value));
}

function isZod(schema: StandardSchema): schema is ZodSchema {
  return schema["~standard"].vendor === "zod" && "safeParse" in schema;
}

function fromZod(result: ZodResult): StandardResult {
  return result.success ? { value: result.data } : { issues: result.error.issues };
}

function isZodAsync(error: unknown): boolean {
  return (error as Error | undefined)?.constructor?.name === "$ZodAsyncError";
}

function atOnce(result: StandardResult | Promise<StandardResult>, route: string): StandardResult {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw asynchronous(route);
}

function asynchronous(route: string): AppEnvError {
  return new AppEnvError("UNSUPPORTED", `A schema of ${route} validates asynchronously.`, {
    fix: "Use schemas without asynchronous checks, and do in the handler what needs a promise.",
  });
}

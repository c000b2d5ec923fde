import type { StandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { Request, Response } from "express";

/** A schema of zod, or of any library that follows Standard Schema (standardschema.dev). */
export interface Schema<Input = unknown, Output = unknown> extends StandardSchema {
  readonly "~standard": StandardSchema["~standard"] & {
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A schema of anything. */
export type AnySchema = Schema<unknown, unknown>;

/** The schemas of a route. A part without one is neither checked nor passed to the handler. */
export interface RouteSchemas {
  /** Of the path's parameters, which are texts: use `z.coerce`. */
  readonly params?: AnySchema;
  /** Of the query, whose values are texts, or lists of texts. */
  readonly query?: AnySchema;
  /** Of the headers, named in small letters. */
  readonly headers?: AnySchema;
  /** Of the body. It is read as JSON if nothing before the route has read it. */
  readonly body?: AnySchema;
  /** Of the answer: with status 200, or by status; a key may also be `"2XX"` to `"5XX"` or `"default"`. */
  readonly response?: AnySchema | Readonly<Record<number | string, AnySchema>>;
}

/** The description of a route. */
export interface RouteDefinition extends RouteSchemas {
  /** In a few words. */
  readonly summary?: string;
  /** At length; Markdown. */
  readonly description?: string;
  /** Groups the route belongs to in the docs. */
  readonly tags?: readonly string[];
  /** Names the operation for generated clients. If the route is mounted several times, only the first has it. */
  readonly operationId?: string;
  /** Default false. */
  readonly deprecated?: boolean;
  /** True to leave it out of the OpenAPI document. Default false. */
  readonly hide?: boolean;
}

/** The parts of the request that have a schema, as their schemas put them out. */
export type HandlerInput<D> = {
  readonly [Part in keyof D & ("params" | "query" | "headers" | "body")]: D[Part] extends AnySchema
    ? OutputOf<D[Part]>
    : never;
};

/** The values a handler may return: those a schema of the response takes, or any if there is none. */
export type HandlerResult<D> = D extends { readonly response: infer R }
  ? R extends AnySchema
    ? OutputOf<R>
    : { [Status in keyof R]: R[Status] extends AnySchema ? OutputOf<R[Status]> : never }[keyof R]
  : unknown;

/** Express's response. With a schema of the response, `json` and `send` take nothing: return the value, to have it checked. */
export type TypedResponse<D> = Response<D extends { readonly response: unknown } ? never : unknown>;

/**
 * Answers a request. What it returns is sent as JSON with the status that is set on `response` (200 if none is); a handler
 * that returns undefined answers by itself, through `response`.
 */
export type RouteHandler<D> = (
  input: HandlerInput<D>,
  request: Request,
  response: TypedResponse<D>,
) => HandlerResult<D> | undefined | void | Promise<HandlerResult<D> | undefined | void>;

type OutputOf<S extends AnySchema> = NonNullable<S["~standard"]["types"]>["output"];

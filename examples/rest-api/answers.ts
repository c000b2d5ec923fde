import type { Context } from "hono";
import { resolver } from "hono-openapi";
import type { z } from "zod";

/** An answer, for the docs. */
export function answers(description: string, schema: z.ZodType, type = "application/json") {
  return { description, content: { [type]: { schema: resolver(schema) } } };
}

/** There is no such thing. */
export function notFound(c: Context): Response {
  const detail = `There is nothing at ${c.req.path}.`;
  const body = { type: "about:blank", title: "Not Found", status: 404, detail };
  return c.body(JSON.stringify(body), 404, { "content-type": "application/problem+json" });
}

import { internal } from "../internals.ts";
import type { ZodFastifyInstance } from "../zod-fastify-instance.ts";

/** For a moment after `ready()` Fastify still takes hooks and routes, and never calls them. */
export function isReady(app: ZodFastifyInstance): boolean {
  const state = internal(app, "fastify.state") as { readonly ready?: boolean; readonly started?: boolean } | undefined;
  return state?.ready === true || state?.started === true;
}

import type { OpenApiDocument } from "@appenv/core";
import type { FollowedRoute } from "../routes/follow-routes.ts";
import type { ZodFastifyInstance } from "../fastify-app-environment.ts";

/** What the document says about the API as a whole. */
export interface DocumentInfo {
  readonly title: string;
  readonly description: string | undefined;
}

export async function createDocument(
  app: ZodFastifyInstance,
  routes: readonly FollowedRoute[],
  info: DocumentInfo,
): Promise<OpenApiDocument> {
  void app;
  void routes;
  return { openapi: "3.1.1", info: { title: info.title, version: "0.0.0" }, paths: {} };
}

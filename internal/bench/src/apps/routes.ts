import type { FastifyInstance } from "fastify";
import { z } from "zod";

const message = z.object({ message: z.string() });

/** The routes of every side: one whose answer zod checks, one without a schema. */
export function addRoutes(app: FastifyInstance): void {
  app.get("/", { schema: { response: { 200: message } } }, async () => ({ message: "Hello, World!" }));
  app.get("/plain", async () => ({ message: "Hello, World!" }));
}

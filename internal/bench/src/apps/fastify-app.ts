import Fastify, { type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { addRoutes } from "./routes.ts";

/** The app without AppEnv, with zod as the type provider's documentation sets it up. */
export function fastifyApp(): FastifyInstance {
  const app = Fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  addRoutes(app);
  return app;
}

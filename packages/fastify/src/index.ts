export {
  FastifyAppEnvironment,
  type FastifyAppEnvironmentOptions,
  type ZodFastifyInstance,
} from "./fastify-app-environment.ts";

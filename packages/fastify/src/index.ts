export {
  FastifyAppEnvironment,
  type FastifyAppEnvironmentOptions,
  type ZodFastifyInstance,
} from "./fastify-app-environment.ts";

// For the platform.
export { warmUp } from "./warm-up.ts";

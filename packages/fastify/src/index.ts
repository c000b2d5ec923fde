export { FastifyAppEnvironment, type FastifyAppEnvironmentOptions } from "./fastify-app-environment.ts";
export type { ZodFastifyInstance } from "./zod-fastify-instance.ts";

// For the platform.
export { warmUp } from "./warm-up.ts";

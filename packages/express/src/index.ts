export { ExpressAppEnvironment, type ExpressAppEnvironmentOptions } from "./express-app-environment.ts";
export { route } from "./route/route.ts";
export type {
  AnySchema,
  HandlerInput,
  HandlerResult,
  RouteDefinition,
  RouteHandler,
  RouteSchemas,
  Schema,
  TypedResponse,
} from "./route/definition.ts";

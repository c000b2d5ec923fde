export { HonoAppEnvironment, type HonoAppEnvironmentOptions } from "./hono-app-environment.ts";
export type { AnyHono, WebSocketOptions } from "./any-hono.ts";

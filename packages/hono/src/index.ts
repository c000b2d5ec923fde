export {
  HonoAppEnvironment,
  type AnyHono,
  type HonoAppEnvironmentOptions,
  type WebSocketOptions,
} from "./hono-app-environment.ts";

export { WebSocketAppEnvironment, type WebSocketAppEnvironmentOptions } from "./web-socket-app-environment.ts";
export { SocketRouter, webSockets, type WebSocketsOptions } from "./router/socket-router.ts";
export type { Connection, JoinOptions } from "./connection/connection.ts";
export type { SlowConsumer } from "./connection/wire.ts";
export type { ErrorMessage } from "./protocol.ts";
export type { PathParams } from "./router/path.ts";
export type {
  ConnectionOptions,
  HeartbeatOptions,
  RateLimitOptions,
  Refused,
  RouteOptions,
  Routes,
  RouteTypes,
} from "./router/route-options.ts";
export type { Present, PresenceChange } from "./rooms/presence.ts";
export type { BroadcastOptions, Room } from "./rooms/room.ts";

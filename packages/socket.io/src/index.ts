export {
  socketEvents,
  type ClientToServerEvents,
  type EmittedEvents,
  type EventSchema,
  type EventSchemas,
  type HandledEvents,
  type Schema,
  type ServerToClientEvents,
  type SocketEvents,
} from "./events/event-types.ts";
export type { RefusedEvent } from "./events/refused-event.ts";
export { SocketAppEnvironment, type SocketAppEnvironmentOptions } from "./socket-app-environment.ts";
export { socketIo, SocketIoMount, type ServerOf, type SocketIoOptions } from "./socket-io-mount.ts";

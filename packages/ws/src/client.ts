// Runs in browsers as well as in Node: nothing here or below imports a module of Node.
export { connect, socketClient, type ConnectOptions, type SocketClient } from "./client/connect.ts";
export { SocketSession, type SessionEvents, type SessionOptions, type ReceivedMessage } from "./client/session.ts";
export { backoffMs, reconnectHintMs, type Backoff } from "./client/backoff.ts";
export { fetchTicket } from "./client/ticket.ts";
export type { ErrorMessage } from "./protocol.ts";

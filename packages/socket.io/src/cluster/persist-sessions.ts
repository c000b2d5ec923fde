import type { Server, Socket } from "socket.io";
import { optionsOf } from "../server-options.ts";
import type { StoredSession } from "./session-store.ts";

/**
 * Stores the sessions of all open connections, as Socket.IO does it for each when it sees it close. Told before clients
 * are asked to go, so that none is back on another replica before its session is there.
 */
export function persistSessions(io: Server): void {
  if (optionsOf(io).connectionStateRecovery === undefined) return;
  // Those that were made from a pattern too.
  const { _nsps: namespaces } = io;
  for (const namespace of namespaces.values()) {
    for (const socket of namespace.sockets.values()) namespace.adapter.persistSession(sessionOf(socket));
  }
}

function sessionOf(socket: Socket): StoredSession {
  const { pid } = socket as unknown as { readonly pid: string };
  return { sid: socket.id, pid, rooms: [...socket.rooms], data: socket.data };
}

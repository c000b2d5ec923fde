import type { Server } from "node:net";

/**
 * Node's own handle of a listening socket. It is not in Node's types, but `child.send` takes it, `server.listen`
 * takes it, and passing it to a process duplicates the socket without touching this one.
 */
export interface TcpHandle {
  readonly fd: number;
  close(callback?: () => void): void;
}

/** Sends a handle to another process and gets a duplicate back; undefined when the platform is closing, or no process can send it. */
export type Duplicate = (handle: TcpHandle) => Promise<TcpHandle | undefined>;

/** The handle of a listening server. */
export function handleOf(server: Server): TcpHandle {
  const handle = (server as unknown as Readonly<Record<string, TcpHandle | null | undefined>>)["_handle"];
  if (!handle) throw new Error("The server does not listen.");
  return handle;
}

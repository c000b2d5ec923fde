import type { Server, ServerOptions } from "socket.io";

/** The options a server was made with. */
export function optionsOf(io: Server): Partial<ServerOptions> {
  const { _opts: options } = io;
  return options;
}

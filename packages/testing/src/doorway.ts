import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An entrance for connections without a port: a socket in the file system, or a named pipe on Windows. */
export interface Doorway {
  /** For `net.connect` and `http.request`. */
  readonly path: string;
  /** Lets nobody in any more; open connections stay. */
  close(): Promise<void>;
}

/** Opens one. Every connection is given to `enter`. */
export async function openDoorway(enter: (socket: Socket) => void): Promise<Doorway> {
  const folder = process.platform === "win32" ? undefined : await mkdtemp(join(tmpdir(), "appenv-test-"));
  const path = folder === undefined ? `\\\\.\\pipe\\appenv-test-${randomUUID()}` : join(folder, "app.sock");
  const server = createServer({ allowHalfOpen: true }, (socket) => enter(asLoopback(socket)));
  server.listen(path);
  await once(server, "listening");
  // A test that never closes what it serves must be able to end all the same.
  server.unref();
  return {
    path,
    async close() {
      server.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Frameworks read the client's address, which such a socket has not. */
function asLoopback(socket: Socket): Socket {
  const loopback = { remoteAddress: "127.0.0.1", remoteFamily: "IPv4", remotePort: 0 };
  for (const [name, value] of Object.entries(loopback)) Object.defineProperty(socket, name, { value });
  return socket;
}

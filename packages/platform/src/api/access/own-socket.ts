import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The longest path of a Unix socket, in bytes: macOS takes 103, Linux 107. */
const mostBytes = 103;

const requests = new WeakSet<IncomingMessage>();

/** Remembers that a request came by the Unix socket. An address that is missing says nothing: so has a cut connection none. */
export function comesBySocket(request: IncomingMessage): void {
  requests.add(request);
}

/** Tells whether a request came by the Unix socket, which only the owner of the state directory can open. */
export function cameBySocket(request: IncomingMessage): boolean {
  return requests.has(request);
}

/** A place for a Unix socket that others cannot reach. */
export interface SocketPlace {
  readonly path: string;
  /** Lets nobody but this user connect, once the socket is there. */
  protect(): void;
  remove(): void;
}

/**
 * `run/api.sock` in the state directory, in a folder with mode 0700; if that path is too long for a socket, in a new
 * folder of the system's for such files. Undefined if no path is short enough, and on Windows.
 */
export function socketPlace(home: string): SocketPlace | undefined {
  if (process.platform === "win32") return undefined;
  const usual = join(home, "run");
  const folder = fits(usual) ? usual : shortFolder();
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const path = join(folder, "api.sock");
  // One that a killed platform left; the lock says that no other runs here.
  rmSync(path, { force: true });
  return {
    path,
    protect: () => chmodSync(path, 0o600),
    remove: () => rmSync(dirname(path), { recursive: true, force: true }),
  };
}

/** Its name cannot be guessed, so nobody can have made it before. */
function shortFolder(): string | undefined {
  const above = process.env["XDG_RUNTIME_DIR"] ?? tmpdir();
  return fits(join(above, "appenv-XXXXXX")) ? mkdtempSync(join(above, "appenv-")) : undefined;
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, "api.sock")) <= mostBytes;
}

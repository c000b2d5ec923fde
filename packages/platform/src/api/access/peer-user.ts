import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";

/** A row of Linux' tables of connections. */
interface Row {
  readonly localPort: number;
  readonly remotePort: number;
  /** `01` is a connection, `0A` a socket that listens. */
  readonly state: string;
  readonly user: number;
}

const [connected, listening] = ["01", "0A"];

/** Answers by connection: each is looked at once, with its first request. */
const answers = new WeakMap<object, boolean>();

/**
 * Tells whether a request over the loopback interface comes from a process of this process's own user. True where the system
 * does not tell whose a connection is (anywhere but on Linux): there only `requireToken` keeps other users out.
 */
export function isOwnUser(request: IncomingMessage): boolean {
  const connection = connectionOf(request);
  const known = answers.get(connection);
  if (known !== undefined) return known;
  const { localPort, remotePort } = request.socket;
  // A connection that has ended has no ports any more.
  if (localPort === undefined || remotePort === undefined) return false;
  const isOwn = !canTell(localPort) || isOurs(rows(), localPort, remotePort);
  answers.set(connection, isOwn);
  return isOwn;
}

/** All streams of an HTTP/2 session are of one connection. */
function connectionOf(request: IncomingMessage): object {
  const { stream } = request as { stream?: { session?: object } };
  return stream?.session ?? request.socket;
}

/**
 * The peer's end of the connection has our two ports the other way round, and its state: one that was closed already
 * is nobody's, and would count as root's. There may be another pair of addresses with these ports: both must be ours.
 */
function isOurs(all: readonly Row[], localPort: number, remotePort: number): boolean {
  const ends = all.filter((row) => row.localPort === remotePort && row.remotePort === localPort);
  return ends.length > 0 && ends.every(({ user, state }) => user === process.getuid?.() && state === connected);
}

const tellable = new Map<number, boolean>();

/** Tells whether the tables exist and are right: our own listening socket must stand in them as ours. */
function canTell(port: number): boolean {
  const known = tellable.get(port);
  if (known !== undefined) return known;
  const isRight = rows().some(
    ({ localPort, state, user }) => localPort === port && state === listening && user === process.getuid?.(),
  );
  tellable.set(port, isRight);
  return isRight;
}

function rows(): readonly Row[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => {
    try {
      return readFileSync(file, "latin1").split("\n").slice(1).filter(Boolean).map(rowOf);
    } catch {
      return [];
    }
  });
}

/** `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid ...`, addresses and ports in hex. */
function rowOf(line: string): Row {
  const [, local = "", remote = "", state = "", , , , user = ""] = line.trim().split(/\s+/);
  return { localPort: portOf(local), remotePort: portOf(remote), state, user: Number(user) };
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(":") + 1), 16);
}

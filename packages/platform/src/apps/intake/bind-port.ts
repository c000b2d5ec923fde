import { AppEnvError, reservedPorts } from "@appenv/core";
import { ListeningSocket, type ConnectionListener } from "../../sockets/listening-socket.ts";
import type { Duplicate } from "../../sockets/tcp-handle.ts";

/** The host and port an app wants to listen on. */
export interface PortWish {
  readonly host: string;
  /** The port its definition declares. */
  readonly declared: number;
  /** The port it had before; 0 if it had none. */
  readonly before: number;
  /** True if a port is another app's, which may be stopped: its callers must not reach this one. */
  readonly isReserved: (port: number) => boolean;
}

/** Number of ports after the declared one that are tried before any free one is taken. */
const neighbours = 20;
/** Time during which replicas of a killed platform may still hold the earlier port, in milliseconds. */
const patienceMs = 3_000;

/**
 * Listens on the port the app had before, else on the declared one, else on another near it.
 *
 * @throws AppEnvError PORT_IN_USE if the address cannot be listened on at all.
 */
export async function bindPort(
  wish: PortWish,
  duplicate: Duplicate,
  onConnection: ConnectionListener,
): Promise<ListeningSocket> {
  const bind = (port: number): Promise<ListeningSocket> =>
    ListeningSocket.bind({ host: wish.host, port }, duplicate, onConnection);
  const before = wish.before === 0 ? undefined : await retry(() => bind(wish.before), patienceMs);
  if (before !== undefined) return before;
  for (let port = wish.declared; port <= wish.declared + neighbours && port <= 65_535; port += 1) {
    if (reservedPorts.includes(port) || (port !== 0 && wish.isReserved(port))) continue;
    const socket = await attempt(() => bind(port));
    if (socket !== undefined) return socket;
  }
  try {
    return await bindAny(() => bind(0), wish);
  } catch (error) {
    throw AppEnvError.from(error, "PORT_IN_USE", `The platform cannot listen on ${wish.host}`);
  }
}

/** Any free port that no other app will want back. */
async function bindAny(bind: () => Promise<ListeningSocket>, { isReserved }: PortWish): Promise<ListeningSocket> {
  for (;;) {
    const socket = await bind();
    if (!isReserved(socket.port)) return socket;
    socket.close();
  }
}

async function attempt<T>(bind: () => Promise<T>): Promise<T | undefined> {
  try {
    return await bind();
  } catch {
    return undefined;
  }
}

async function retry<T>(bind: () => Promise<T>, limitMs: number): Promise<T | undefined> {
  const until = performance.now() + limitMs;
  for (;;) {
    const result = await attempt(bind);
    if (result !== undefined || performance.now() > until) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

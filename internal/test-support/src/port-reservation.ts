import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** Ports below those that a system gives to whoever asks for any: Linux gives them from 32768 on, macOS from 49152. */
const first = 20_000;
const count = 10_000;

/** A port that is kept from others. */
export interface ReservedPort {
  readonly port: number;
  readonly release: () => void;
}

/**
 * Reserves a port for a server that is ended and started again at its place: nobody else who asks here gets it until it is
 * released or this process ends, though nothing listens on it for a while.
 */
export async function reservePort(): Promise<ReservedPort> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const mark = await markOf(port);
    if (mark === undefined) continue;
    if (await isFree(port)) return { port, release: () => mark.close() };
    mark.close();
  }
}

/** The UDP port of the same number: the system lets one process have it, and takes it back when that ends. */
async function markOf(port: number): Promise<Socket | undefined> {
  const socket = createSocket("udp4");
  try {
    socket.bind({ port, address: "127.0.0.1", exclusive: true });
    await once(socket, "listening");
    return socket.unref();
  } catch {
    socket.close();
    return undefined;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}

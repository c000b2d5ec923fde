import { onTestFinished } from "vitest";
import { serveForTest } from "@appenv-internal/conformance";
import type { AppEnvironment } from "@appenv/core";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";

/** Serves an environment and answers how clients reach it; both end with the test. */
export async function serve(
  environment: AppEnvironment,
  apiKeys: readonly string[] = [],
): Promise<{ url: string; close(): Promise<void> }> {
  return serveForTest(environment, apiKeys);
}

/** A client of its own connection, closed at the end of the test. */
export function client(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Socket<any, any> {
  const socket = io(url, { forceNew: true, reconnectionDelay: 20, randomizationFactor: 0, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

/** Resolves with the arguments of a socket's next event of a name. */
export function next(socket: Pick<Socket<any, any>, "once">, event: string): Promise<any[]> {
  return new Promise((resolve) => socket.once(event, (...args: any[]) => resolve(args)));
}

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";

type Listener = (...args: never[]) => unknown;

/**
 * A server that never listens, for libraries that attach to one. It is behind the ingress: listeners of its `upgrade`
 * are called after authentication, like the app itself.
 */
export class Attached {
  readonly server: Server = createServer();

  /** True if a library listens for upgrades here. */
  get takesUpgrades(): boolean {
    return this.server.listenerCount("upgrade") > 0;
  }

  /** Calls all that listen, as a server does; resolves when those that are async functions have ended. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const listeners = this.server.rawListeners("upgrade") as Listener[];
    const args = [request, socket, head] as const;
    await Promise.all(listeners.map(async (listener) => Reflect.apply(listener, this.server, args) as unknown));
  }

  /**
   * Sends whoever wants to listen to the upgrades of the ingress's own server here: some libraries find it by a
   * request's socket (`http-proxy-middleware` with `ws: true`), and would answer upgrades of anybody.
   */
  takeOver(ingress: Server): void {
    for (const name of ["on", "addListener", "prependListener", "once", "prependOnceListener"] as const) {
      const add = ingress[name] as (event: string, listener: Listener) => Server;
      const addElsewhere = (event: string, listener: Listener): Server => {
        if (event !== "upgrade") return add.call(ingress, event, listener);
        (this.server[name] as typeof add)(event, listener);
        return ingress;
      };
      Object.defineProperty(ingress, name, { value: addElsewhere, writable: true, configurable: true });
    }
  }
}

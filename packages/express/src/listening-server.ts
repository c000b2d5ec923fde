import type { Server } from "node:http";
import type { Server as NetServer } from "node:net";
import express, { type Express } from "express";

/**
 * The server on which an app would listen, if a library has given `app.listen` one of its own: `express-ws` does, and
 * tells nobody. It is called while servers cannot listen, at once and without anything in between.
 */
export function listeningServer(app: Express): Server | undefined {
  if (app.listen === express.application.listen) return undefined;
  // Express has loaded them; an import would load more of Node.
  const [http, { prototype }] = [process.getBuiltinModule("node:http"), process.getBuiltinModule("node:net").Server];
  const found: Server[] = [];
  const { listen } = prototype;
  prototype.listen = function seen(this: NetServer) {
    if (this instanceof http.Server) found.push(this);
    return this;
  };
  try {
    app.listen(0);
  } catch {
    return undefined;
  } finally {
    prototype.listen = listen;
  }
  return found[0];
}

import type { IncomingMessage } from "node:http";
import type { AppHost, HostListeners, OpenApiDocument } from "@appenv/core";
import { hasRoute } from "@appenv-internal/http/listed-route";
import type { DocumentInfo } from "@appenv-internal/openapi/document";
import type { Express } from "express";
import { listeningServer } from "./listening-server.ts";
import { listRoutes } from "./routes/list-routes.ts";
import { openApiPaths } from "./routes/paths.ts";
import { routeOf } from "./routes/route-of.ts";

/** An Express app as the runtime sees it. */
export class ExpressHost implements AppHost {
  readonly framework: string = "Express";
  readonly #app: Express;
  readonly #info: DocumentInfo;

  constructor(app: Express, info: DocumentInfo) {
    this.#app = app;
    this.#info = info;
  }

  async start(): Promise<HostListeners> {
    const server = listeningServer(this.#app);
    if (server === undefined || server.listenerCount("upgrade") === 0) return { request: this.#app };
    return { request: this.#app, upgrade: (...args) => void server.emit("upgrade", ...args) };
  }

  /** Express opens nothing. */
  async close(): Promise<void> {}

  handles(method: string, path: string): boolean {
    return hasRoute(listRoutes(this.#app), openApiPaths, method, path);
  }

  routeOf(request: IncomingMessage): string | undefined {
    return routeOf(this.#app, request);
  }

  async openapi(): Promise<OpenApiDocument> {
    const { createDocument } = await import("./openapi/document.ts");
    return createDocument(listRoutes(this.#app), this.#info);
  }
}

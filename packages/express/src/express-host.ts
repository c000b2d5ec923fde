import type { AppHost, HostListeners, OpenApiDocument } from "@appenv/core";
import type { Express } from "express";
import { listeningServer } from "./listening-server.ts";
import type { DocumentInfo } from "./openapi/document.ts";
import { listRoutes } from "./routes/list-routes.ts";
import { openApiPaths } from "./routes/paths.ts";

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

  /** By the path as it is written: a route such as `/:page` or `/*rest` is not the app's own `/health`. */
  handles(method: string, path: string): boolean {
    const methods = new Set(["*", method, ...(method === "HEAD" ? ["GET"] : [])]);
    return listRoutes(this.#app).some((route) => methods.has(route.method) && openApiPaths(route.path).includes(path));
  }

  async openapi(): Promise<OpenApiDocument> {
    const { createDocument } = await import("./openapi/document.ts");
    return createDocument(listRoutes(this.#app), this.#info);
  }
}

import type { IncomingMessage } from "node:http";
import type { AppHost, HostListeners, OpenApiDocument } from "@appenv/core";
import { isTraced } from "@appenv/core/internal";
import type { DocumentInfo } from "@appenv-internal/openapi/document";
import type { ZodFastifyInstance } from "./zod-fastify-instance.ts";
import type { FollowedRoute } from "./routes/declared-routes.ts";
import { notedRoute, noteRoutes } from "./routes/note-routes.ts";

/** A Fastify app as the runtime sees it. Fastify's own server never listens: it is called. */
export class FastifyHost implements AppHost {
  readonly framework: string = "Fastify";
  readonly #app: ZodFastifyInstance;
  readonly #routes: readonly FollowedRoute[];
  readonly #info: DocumentInfo;

  constructor(app: ZodFastifyInstance, routes: readonly FollowedRoute[], info: DocumentInfo) {
    this.#app = app;
    this.#routes = routes;
    this.#info = info;
  }

  async start(): Promise<HostListeners> {
    if (isTraced()) noteRoutes(this.#app);
    await this.#app.ready();
    const { server } = this.#app;
    const listeners: HostListeners = { request: (request, response) => void server.emit("request", request, response) };
    if (server.listenerCount("upgrade") === 0) return listeners;
    return { ...listeners, upgrade: (request, socket, head) => void server.emit("upgrade", request, socket, head) };
  }

  async close(): Promise<void> {
    await this.#app.close();
  }

  handles(method: string, path: string): boolean {
    return this.#app.hasRoute({ method, url: path });
  }

  routeOf(request: IncomingMessage): string | undefined {
    return notedRoute(request);
  }

  async openapi(): Promise<OpenApiDocument> {
    const { createDocument } = await import("./openapi/document.ts");
    return createDocument(this.#routes, this.#info);
  }
}

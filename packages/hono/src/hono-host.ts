import type { Duplex } from "node:stream";
import type { AppHost, HostListeners, OpenApiDocument, UpgradeListener } from "@appenv/core";
import type { AnyHono, WebSocketOptions } from "./hono-app-environment.ts";
import type { DocumentInfo } from "./openapi/document.ts";
import { listRoutes } from "./routes/list-routes.ts";
import { openApiPaths } from "./routes/paths.ts";

type NodeServer = typeof import("@hono/node-server");

/** A Hono app as the runtime sees it. */
export class HonoHost implements AppHost {
  readonly framework: string = "Hono";
  readonly #app: AnyHono;
  readonly #websocket: WebSocketOptions | undefined;
  readonly #info: DocumentInfo;
  #closeSockets: () => void = () => {};

  constructor(app: AnyHono, websocket: WebSocketOptions | undefined, info: DocumentInfo) {
    this.#app = app;
    this.#websocket = websocket;
    this.#info = info;
  }

  async start(): Promise<HostListeners> {
    const nodeServer = await import("@hono/node-server");
    const request = nodeServer.getRequestListener(this.#app.fetch as Fetch);
    return this.#websocket === undefined
      ? { request }
      : { request, upgrade: this.#upgrade(nodeServer, this.#websocket) };
  }

  async close(): Promise<void> {
    this.#closeSockets();
  }

  /** By the path as it is written: a route such as `/:page` or `/*` is not the app's own `/health`. */
  handles(method: string, path: string): boolean {
    const methods = new Set(["ALL", method, ...(method === "HEAD" ? ["GET"] : [])]);
    return listRoutes(this.#app).some((route) => methods.has(route.method) && openApiPaths(route.path).includes(path));
  }

  async openapi(): Promise<OpenApiDocument> {
    const { createDocument } = await import("./openapi/document.ts");
    return createDocument(this.#app, this.#info);
  }

  /** The upgrades of `@hono/node-server` are only there on a server of its own, which never listens. */
  #upgrade({ createAdaptorServer }: NodeServer, websocket: WebSocketOptions): UpgradeListener {
    const server = createAdaptorServer({ fetch: this.#app.fetch as Fetch, websocket: websocket as NodeWebSocket });
    this.#closeSockets = () => void server.close();
    return (request, socket, head) => {
      // It leaves others open without an answer.
      if (request.headers.upgrade?.toLowerCase() === "websocket") server.emit("upgrade", request, socket, head);
      else refuse(socket);
    };
  }
}

type NodeWebSocket = NonNullable<Parameters<NodeServer["createAdaptorServer"]>[0]["websocket"]>;
type Fetch = Parameters<NodeServer["getRequestListener"]>[0];

function refuse(socket: Duplex): void {
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

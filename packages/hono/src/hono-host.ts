import type { IncomingMessage } from "node:http";
import type { AppHost, HostListeners, OpenApiDocument, UpgradeListener } from "@appenv/core";
import { hasRoute } from "@appenv-internal/http/listed-route";
import { endWithProblem, problem } from "@appenv-internal/http/problem";
import type { DocumentInfo } from "@appenv-internal/openapi/document";
import type { AnyHono, WebSocketOptions } from "./any-hono.ts";
import { listRoutes } from "./routes/list-routes.ts";
import { openApiPaths } from "./routes/paths.ts";
import { routeOf } from "./routes/route-of.ts";

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

  handles(method: string, path: string): boolean {
    return hasRoute(listRoutes(this.#app), openApiPaths, method, path);
  }

  routeOf(request: IncomingMessage): string | undefined {
    return routeOf(this.#app, request);
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
      else endWithProblem(socket, otherProtocol);
    };
  }
}

type NodeWebSocket = NonNullable<Parameters<NodeServer["createAdaptorServer"]>[0]["websocket"]>;
type Fetch = Parameters<NodeServer["getRequestListener"]>[0];

const otherProtocol = problem(400, "BAD_UPGRADE", "This app takes WebSockets, and no other upgrade.");

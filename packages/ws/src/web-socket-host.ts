import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { requestPath } from "@appenv-internal/http/request-path";
import { sendProblem } from "@appenv-internal/http/problem";
import type { AppHost, AsyncApiDocument, HostContext, HostListeners } from "@appenv/core";
import type { SocketRouter } from "./router/socket-router.ts";
import { noSocket, upgradeRequired } from "./upgrade/refusal.ts";

/** A router as an app of its own. */
export class WebSocketHost implements AppHost {
  readonly framework: string = "ws";
  readonly #sockets: SocketRouter;
  readonly #request: RequestListener | undefined;

  constructor(sockets: SocketRouter, request: RequestListener | undefined) {
    this.#sockets = sockets;
    this.#request = request;
  }

  async start(context: HostContext): Promise<HostListeners> {
    await this.#sockets.start(context);
    return {
      request: this.#request ?? ((request, response) => this.#answer(request, response)),
      upgrade: (request, socket, head) => this.#sockets.upgrade(request, socket, head),
    };
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }

  routeOf(request: IncomingMessage): string | undefined {
    return this.#sockets.routeOf(request);
  }

  asyncapi(): Promise<AsyncApiDocument> {
    return this.#sockets.asyncapi();
  }

  health(): ReturnType<SocketRouter["health"]> {
    return this.#sockets.health();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const isSocket = this.#sockets.matches(request);
    const { problem, headers } = isSocket ? upgradeRequired() : noSocket(requestPath(request));
    sendProblem(response, problem, headers);
  }
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { sendEvents, type ServerEvent } from "@appenv-internal/http/event-sink";
import { EventSocket, type Upgrade } from "@appenv-internal/http/event-socket";
import { EventStream } from "@appenv-internal/http/event-stream";
import { matchPath, type PathMatcher, type PatternSyntax } from "@appenv-internal/http/match-path";
import { unexpected } from "@appenv/core/internal";
import { requestPath } from "@appenv-internal/http/request-path";
import { sendAnswer, type Answer } from "./answer.ts";
import { answerError, ProblemError, refuseWith } from "./problem.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { checkOrigin } from "./same-origin.ts";

/** A request for something at a path. */
export interface Asked {
  /** The parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
}

/** A request that a route answers. */
export interface Call extends Asked {
  readonly response: ServerResponse;
}

/** Events until there are no more, or the reader has gone. */
export type Events = (gone: AbortSignal) => AsyncIterable<ServerEvent>;

/** The answer to requests of one method at one path. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** `/run/{name}`: a parameter stands for one segment. */
  readonly path: string;
  /** Undefined: all that it has are events. */
  readonly handle?: (call: Call) => Promise<Answer>;
  /** The same as events, over a WebSocket or as server-sent events, where those are asked for or there is nothing else. */
  readonly events?: (asked: Asked) => Promise<Events>;
}

interface Known {
  readonly route: Route;
  readonly match: PathMatcher;
}

/** A parameter `{name}` is one segment of letters, digits, `.`, `_` and `-`, and not only dots. */
export const pathSyntax: PatternSyntax = {
  parameterOf: (segment) => (segment.startsWith("{") ? segment.slice(1, -1) : undefined),
  isValue: (segment) => /^[\w.-]{1,200}$/.test(segment) && /\w/.test(segment),
};

/** Finds the route of a request and answers it; whatever is thrown becomes a problem. */
export class Router {
  readonly #routes: readonly Known[];
  readonly #rate: RateLimiter | undefined;

  constructor(routes: readonly Route[], rate: RateLimiter | undefined) {
    this.#routes = routes.map((route) => ({ route, match: matchPath(route.path, pathSyntax) }));
    this.#rate = rate;
  }

  /** Answers a request. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#rate?.count(request);
      const { route, asked } = this.#find(request);
      const { handle, events } = route;
      if (events !== undefined && (handle === undefined || wantsEvents(request))) {
        const source = await events(asked);
        const sink = new EventStream(response);
        return await sendEvents(sink, source(sink.gone));
      }
      const answer = await handle?.({ ...asked, response });
      if (answer !== undefined) sendAnswer(response, answer);
    } catch (error) {
      answerError(response, error);
    }
  }

  /** Answers an upgrade: what is sent as events is sent over a WebSocket too. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    try {
      await this.#rate?.count(request);
      checkOrigin(request);
      const { route, asked } = this.#find(request);
      if (route.events === undefined) throw new ProblemError(404, "NOT_FOUND", "There is no WebSocket at this path.");
      await sendOver({ request, socket, head }, await route.events(asked));
    } catch (error) {
      refuseWith(socket, error);
    }
  }

  /** The path of the route that a request is for; undefined: there is none. */
  routeOf(request: IncomingMessage): string | undefined {
    try {
      return this.#find(request).route.path;
    } catch {
      return undefined;
    }
  }

  #find(request: IncomingMessage): { readonly route: Route; readonly asked: Asked } {
    const path = requestPath(request);
    const found = this.#routes.flatMap(({ route, match }) => {
      const params = match(path);
      return params === undefined ? [] : [{ route, params }];
    });
    if (found.length === 0) throw new ProblemError(404, "NOT_FOUND", "There is nothing at this path.");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const fitting = found.find(({ route }) => route.method === method);
    if (fitting === undefined) throw otherMethod(found.map(({ route }) => route.method));
    const query = new URLSearchParams(request.url?.slice(path.length));
    return { route: fitting.route, asked: { params: fitting.params, query, request } };
  }
}

function wantsEvents({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? "");
}

async function sendOver(upgrade: Upgrade, events: Events): Promise<void> {
  const sink = await EventSocket.accept(upgrade);
  if (sink === undefined) return;
  try {
    await sendEvents(sink, events(sink.gone));
  } catch (error) {
    // The reader was told already.
    unexpected("a WebSocket could not be served", error);
  }
}

function otherMethod(methods: readonly string[]): ProblemError {
  const headers = { Allow: methods.join(", ") };
  const detail = `Here only ${methods.join(" and ")} can be sent.`;
  return new ProblemError(405, "METHOD_NOT_ALLOWED", detail, { headers });
}

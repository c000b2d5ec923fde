import type { IncomingMessage, ServerResponse } from "node:http";
import { matchPath, type PathMatcher, type PatternSyntax } from "@appenv-internal/http/match-path";
import { requestPath } from "@appenv-internal/http/request-path";
import { sendAnswer, type Answer } from "./answer.ts";
import { answerError, ProblemError } from "./problem.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** A request that a route answers. */
export interface Call {
  /** The parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The answer to requests of one method at one path. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** `/run/{name}`: a parameter stands for one segment. */
  readonly path: string;
  /** Undefined: it has written the answer itself. */
  readonly handle: (call: Call) => Promise<Answer | undefined>;
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
      const answer = await this.#answer(request, response);
      if (answer !== undefined) sendAnswer(response, answer);
    } catch (error) {
      answerError(response, error);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
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
    return fitting.route.handle({ params: fitting.params, query, request, response });
  }
}

function otherMethod(methods: readonly string[]): ProblemError {
  const headers = { Allow: methods.join(", ") };
  const detail = `Here only ${methods.join(" and ")} can be sent.`;
  return new ProblemError(405, "METHOD_NOT_ALLOWED", detail, { headers });
}

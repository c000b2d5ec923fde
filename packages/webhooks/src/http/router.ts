import type { IncomingMessage, ServerResponse } from "node:http";
import { sendAnswer, type Answer } from "./answer.ts";
import { matchPath, type PathMatcher } from "./path.ts";
import { Problem, problemOf, sendProblem } from "./problem.ts";

/** A request that a route answers. */
export interface Call {
  /** The parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What answers requests of one method at one path. */
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

/** Finds the route of a request and answers it; whatever is thrown becomes a problem. */
export class Router {
  readonly #routes: readonly Known[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, match: matchPath(route.path) }));
  }

  /** Answers a request. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request, response);
      if (answer !== undefined) sendAnswer(response, answer);
    } catch (error) {
      sendProblem(response, problemOf(error));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { url = "/" } = request;
    const path = pathOf(url);
    const found = this.#routes.flatMap(({ route, match }) => {
      const params = match(path);
      return params === undefined ? [] : [{ route, params }];
    });
    if (found.length === 0) throw new Problem(404, "NOT_FOUND", "There is nothing at this path.");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const fitting = found.find(({ route }) => route.method === method);
    if (fitting === undefined) throw otherMethod(found.map(({ route }) => route.method));
    const query = new URLSearchParams(url.slice(path.length));
    return fitting.route.handle({ params: fitting.params, query, request, response });
  }
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "/";
}

function otherMethod(methods: readonly string[]): Problem {
  const headers = { Allow: methods.join(", ") };
  return new Problem(405, "METHOD_NOT_ALLOWED", `Here only ${methods.join(" and ")} can be sent.`, { headers });
}

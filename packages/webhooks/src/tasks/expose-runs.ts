import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Run } from "@appenv/client/tasks";
import { AppEnvError, type HostExtension, type OpenApiDocument } from "@appenv/core";
import { checkOptions, invalidOption, type OptionNames } from "@appenv/core/internal";
import { ProblemError } from "../http/problem.ts";
import { rateLimiter, type RateLimiter, type RateLimitOptions } from "../http/rate-limiter.ts";
import { Router, type Asked } from "../http/router.ts";
import { checkPath } from "./check-path.ts";
import { getRun, readingRoutes } from "./task-routes.ts";

/** Options of exposed runs. */
export interface ExposeRunsOptions {
  /**
   * Says whether a request may read a run; one that may not is answered as if there were no such run. The app knows whose
   * run it is: by its own data, or by the run's labels.
   */
  readonly allow: (request: IncomingMessage, run: Pick<Run, "name" | "task" | "labels">) => boolean | Promise<boolean>;
  /** The path below which runs are. Default `/runs`. */
  readonly path?: string;
  /** Default: no limit. */
  readonly rateLimit?: RateLimitOptions;
}

const names: OptionNames<ExposeRunsOptions> = { allow: true, path: true, rateLimit: true };

/**
 * Lets browsers read runs from an app's own origin: `GET PATH/RUN` tells how a run stands, as server-sent events if they
 * are asked for, `GET PATH/RUN/streams/NAME` sends the values of one of its streams, after `Last-Event-ID` or from `?from=`.
 * Both take a WebSocket too, of pages of the app's own host.
 *
 * @throws AppEnvError INVALID_OPTION.
 * @example
 * env.mount(exposeRuns({ allow: (request, run) => run.labels?.user === userOf(request) }));
 */
export function exposeRuns(options: ExposeRunsOptions): HostExtension {
  checkOptions(options, "exposeRuns", names);
  const { allow, path = "/runs" } = options;
  if (typeof allow !== "function") throw invalidOption("allow of exposeRuns", allow, "a function");
  checkPath("path of exposeRuns", path);
  return new ExposedRuns(allow, path, rateLimiter(options.rateLimit));
}

class ExposedRuns implements HostExtension {
  readonly #allow: ExposeRunsOptions["allow"];
  readonly #path: string;
  readonly #router: Router;

  constructor(allow: ExposeRunsOptions["allow"], path: string, rate: RateLimiter | undefined) {
    this.#allow = allow;
    this.#path = path;
    const routes = readingRoutes(path, (asked) => this.#runOf(asked));
    this.#router = new Router(routes, rate);
  }

  matches({ url = "" }: IncomingMessage): boolean {
    return url.startsWith(this.#path) && /^\/[^/?]+(\/streams\/[^/?]+)?(\?|$)/.test(url.slice(this.#path.length));
  }

  request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#router.answer(request, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    void this.#router.upgrade(request, socket, head);
  }

  routeOf(request: IncomingMessage): string | undefined {
    return this.#router.routeOf(request);
  }

  async openapi(): Promise<OpenApiDocument> {
    const { describeRuns } = await import("./describe-runs.ts");
    return describeRuns(this.#path);
  }

  async #runOf({ request, params: { run: name = "" } }: Asked): Promise<Run> {
    const run = await getRun(name).catch((error: unknown) => {
      if (AppEnvError.is(error, "UNREACHABLE")) throw error;
      return undefined;
    });
    if (run !== undefined && (await this.#allow(request, run))) return run;
    throw new ProblemError(404, "NOT_FOUND", `There is no run '${name}'.`);
  }
}

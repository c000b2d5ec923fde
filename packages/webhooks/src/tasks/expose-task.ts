import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type HostExtension, type OpenApiDocument, type TaskFunction } from "@appenv/core";
import { invalidOption, isTask, checkOptions, type OptionNames } from "@appenv/core/internal";
import { rateLimiter, type RateLimiter, type RateLimitOptions } from "../http/rate-limiter.ts";
import { Router } from "../http/router.ts";
import { checkPath } from "./check-path.ts";
import { taskRoutes } from "./task-routes.ts";

/** The options of an exposed task. */
export interface ExposeTaskOptions {
  /** The path at which runs are started; a run is at `PATH/NAME`. Default `/TASK` with the task's own name. */
  readonly path?: string;
  /** Default: no limit. */
  readonly rateLimit?: RateLimitOptions;
}

const names: OptionNames<ExposeTaskOptions> = { path: true, rateLimit: true };

/**
 * Endpoints of a task on any environment: `POST` starts a run (202 with its `Location`; `Prefer: wait=10` waits for its
 * result; one `Idempotency-Key` makes one run), `GET PATH/RUN` tells how it stands, as server-sent events if they are
 * asked for, `GET PATH/RUN/streams/NAME` sends the values of a stream of it, `DELETE PATH/RUN` aborts it.
 * Both of GET take a WebSocket too, of pages of the app's own host.
 *
 * @throws AppEnvError INVALID_OPTION.
 * @example
 * env.mount(exposeTask(addOne, { path: "/add-one" }));
 */
export function exposeTask(task: TaskFunction, options: ExposeTaskOptions = {}): HostExtension {
  if (!isTask(task)) throw invalidOption("exposeTask's task", task, "a task of a TaskEnvironment");
  checkOptions(options, `exposeTask of '${task.fullName}'`, names);
  const { path = `/${task.taskName}` } = options;
  checkPath(`path of the task '${task.fullName}'`, path);
  return new ExposedTask(task, path, rateLimiter(options.rateLimit));
}

class ExposedTask implements HostExtension {
  readonly #task: TaskFunction;
  readonly #path: string;
  readonly #router: Router;

  constructor(task: TaskFunction, path: string, rate: RateLimiter | undefined) {
    this.#task = task;
    this.#path = path;
    this.#router = new Router(taskRoutes(task, path), rate);
  }

  matches({ url = "" }: IncomingMessage): boolean {
    if (!url.startsWith(this.#path)) return false;
    // Texts that can be no run's name are answered here too, like a run that is not there.
    return /^(\/[^/?]+(\/streams\/[^/?]+)?)?(\?|$)/.test(url.slice(this.#path.length));
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
    const { describeTask } = await import("./describe.ts");
    return describeTask(this.#task, this.#path);
  }
}

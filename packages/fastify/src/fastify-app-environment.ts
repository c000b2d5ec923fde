import { AppEnvironment, type AppEnvironmentOptions, type AppHost, type ParameterList } from "@appenv/core";
import { invalidOption, appOptionNames, type OptionNames } from "@appenv/core/internal";
import Fastify, { type FastifyInstance } from "fastify";
import { FastifyHost } from "./fastify-host.ts";
import type { FollowedRoute } from "./routes/declared-routes.ts";
import { followRoutes } from "./routes/follow-routes.ts";
import type { ZodFastifyInstance } from "./zod-fastify-instance.ts";

/** The options of a Fastify app environment. */
export interface FastifyAppEnvironmentOptions<
  List extends ParameterList = ParameterList,
> extends AppEnvironmentOptions<List> {
  /** The app: with routes or without, also one that is `ready()`; it does not listen. Default: a new `Fastify()`. */
  readonly app?: FastifyInstance | ZodFastifyInstance;
}

const optionNames: OptionNames<FastifyAppEnvironmentOptions> = { ...appOptionNames, app: true };

/**
 * A Fastify service and how it runs. Schemas of zod (or of any library that follows Standard Schema) validate the
 * requests of their route, shape its responses and appear in `/openapi.json`; JSON schemas stay Fastify's own matter.
 *
 * @example
 * export const env = new FastifyAppEnvironment({ name: "hello", app: Fastify(), requiresAuth: false });
 * env.app.get("/", { schema: { response: { 200: z.object({ message: z.string() }) } } },
 *   async () => ({ message: "Hello, World!" }));
 */
export class FastifyAppEnvironment<const List extends ParameterList = ParameterList> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** The instance given as `app`, typed with the zod type provider. */
  readonly app: ZodFastifyInstance;
  readonly #routes: readonly FollowedRoute[];

  /**
   * @throws AppEnvError ROUTES_BEFORE_ENVIRONMENT if routes with schemas of zod were declared on the app already, without
   * a compiler for them; INVALID_OPTION if it is no Fastify instance or listens.
   */
  constructor(options: FastifyAppEnvironmentOptions<List>) {
    const app = readApp(options.app ?? Fastify());
    const withApp: FastifyAppEnvironmentOptions<List> = { type: "Fastify", ...options, app };
    super(withApp);
    this.app = app;
    this.#routes = followRoutes(app, this.name);
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    return new FastifyHost(this.app, this.#routes, { title: this.name, description: this.description });
  }
}

function readApp(app: FastifyInstance | ZodFastifyInstance): ZodFastifyInstance {
  const candidate: Partial<FastifyInstance> | null = app;
  if (typeof candidate?.addHook === "function" && typeof candidate.printRoutes === "function") {
    return app as ZodFastifyInstance;
  }
  throw invalidOption("app", app, "a Fastify instance");
}

import { AppEnvironment, type AppEnvironmentOptions, type AppHost, type ParameterList } from "@appenv/core";
import { invalidOption, appOptionNames, type OptionNames, checkOptions } from "@appenv/core/internal";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { AnyHono, WebSocketOptions } from "./any-hono.ts";
import { HonoHost } from "./hono-host.ts";

/** The options of a Hono app environment. */
export interface HonoAppEnvironmentOptions<
  App extends AnyHono = Hono<{ Bindings: HttpBindings }>,
  List extends ParameterList = ParameterList,
> extends AppEnvironmentOptions<List> {
  /** The app. Default: a new `Hono()`, with the bindings of `@hono/node-server`. */
  readonly app?: App;
  /** For apps with `upgradeWebSocket` of `@hono/node-server`, as its `serve` takes it. Default: no upgrade is taken. */
  readonly websocket?: WebSocketOptions;
}

const optionNames: OptionNames<HonoAppEnvironmentOptions> = { ...appOptionNames, app: true, websocket: true };

/**
 * A Hono service and how it runs, through `@hono/node-server`: `c.env.incoming` and `c.env.outgoing` are Node's. Routes
 * appear in `/openapi.json` as `hono-openapi` or `@hono/zod-openapi` describe them.
 *
 * @example
 * export const env = new HonoAppEnvironment({ name: "hello", app: new Hono(), requiresAuth: false });
 * env.app.get("/", (c) => c.json({ message: "Hello, World!" }));
 */
export class HonoAppEnvironment<
  App extends AnyHono = Hono<{ Bindings: HttpBindings }>,
  const List extends ParameterList = ParameterList,
> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** The app given as `app`. */
  readonly app: App;
  readonly #websocket: WebSocketOptions | undefined;

  /** @throws AppEnvError INVALID_OPTION if `app` is no Hono app, or `websocket.server` one that listens by itself. */
  constructor(options: HonoAppEnvironmentOptions<App, List>) {
    const app = readApp(options.app ?? (new Hono() as AnyHono as App));
    const withApp: HonoAppEnvironmentOptions<App, List> = { type: "Hono", ...options, app };
    super(withApp);
    this.app = app;
    this.#websocket = readWebSocket(options.websocket);
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    return new HonoHost(this.app, this.#websocket, { title: this.name, description: this.description });
  }
}

function readApp<App extends AnyHono>(app: App): App {
  const candidate: Partial<AnyHono> | null = app;
  if (typeof candidate?.fetch === "function" && Array.isArray(candidate.routes)) return app;
  throw invalidOption("app", app, "a Hono app");
}

function readWebSocket(websocket: WebSocketOptions | undefined): WebSocketOptions | undefined {
  checkOptions(websocket, "websocket", { server: true });
  if (websocket === undefined || websocket.server?.options?.noServer === true) return websocket;
  throw invalidOption("websocket.server", websocket.server, "`new WebSocketServer({ noServer: true })` of ws");
}

import { invalidOption } from "../errors/invalid-option.ts";
import type { AppHost, HostExtension } from "../host/app-host.ts";
import type { AppFetchInit } from "../call/call-app.ts";
import { endpointOf } from "../call/endpoint.ts";
import { listen, type Listening, type ListenOptions } from "../control/listen.ts";
import { readAuth, type Auth, type AuthOptions } from "../values/auth.ts";
import { Domain, type DomainOptions } from "../values/domain.ts";
import { readHealth, type Health, type HealthOptions } from "../values/health.ts";
import { readLimits, type Limits, type LimitsOptions } from "../values/limits.ts";
import { readLinks, type Link } from "../values/link.ts";
import { readParameters, type Parameter, type ParameterList } from "../values/parameter.ts";
import { Port } from "../values/port.ts";
import { Scaling, type ScalingOptions } from "../values/scaling.ts";
import { Timeouts, type TimeoutsOptions } from "../values/timeouts.ts";
import { readTraffic, type Traffic, type TrafficOptions } from "../values/traffic.ts";
import { checkVariables, readWords } from "../values/words.ts";
import { Environment, environmentOptionNames, readFlag, readText, type EnvironmentOptions } from "./environment.ts";
import type { AttachHook, Hooks, LifecycleHook, ServerHook } from "./hooks.ts";
import type { OptionNames } from "../errors/known-options.ts";

/** The options of an app environment. Source: Flyte's `AppEnvironment`, in camelCase, with its defaults. */
export interface AppEnvironmentOptions<List extends ParameterList = ParameterList> extends EnvironmentOptions {
  /** The kind of app, for people. An adapter fills in its framework. */
  readonly type?: string;
  /** The port the app is reached at. Default 8080. */
  readonly port?: number | Port;
  /** Arguments of `command`, or of the image's own command; a string is split as a shell would. */
  readonly args?: string | readonly string[];
  /**
   * A process to run instead of TypeScript code. It must listen on the port in its env var `PORT`. No shell reads it:
   * `["sh", "-c", "exec vite preview --port $PORT"]` for a program that takes the port as an argument.
   */
  readonly command?: string | readonly string[];
  /** Requires a valid API key of each request. Default true. Health and docs stay open, unless `auth` says otherwise. */
  readonly requiresAuth?: boolean;
  /** The issuer whose JWTs are accepted too, and access to health and docs. */
  readonly auth?: AuthOptions;
  /** The number of replicas and its metric. Default: none or one, by traffic. */
  readonly scaling?: ScalingOptions | Scaling;
  /** The public host name on a cluster. */
  readonly domain?: DomainOptions | Domain;
  /** Links the console shows beside the app. */
  readonly links?: readonly Link[];
  /** Values for the app at its start. Hooks get them by name, typed; `getParameter` gives them anywhere. */
  readonly parameters?: List;
  /** The cluster pool it runs in. Default `"default"`. Clusters only. */
  readonly clusterPool?: string;
  /** Time limits of requests. */
  readonly timeouts?: TimeoutsOptions | Timeouts;
  /** The app's health route and checks. */
  readonly health?: HealthOptions;
  /** Limits of a request. */
  readonly limits?: LimitsOptions;
  /** The weight of a new revision: all requests at once, or a part of them at first. */
  readonly traffic?: TrafficOptions;
}

/** The names of the options that all app environments have; those of an adapter come beside them. */
export const appOptionNames: OptionNames<AppEnvironmentOptions> = {
  ...environmentOptionNames,
  type: true,
  port: true,
  args: true,
  command: true,
  requiresAuth: true,
  auth: true,
  scaling: true,
  domain: true,
  links: true,
  parameters: true,
  clusterPool: true,
  timeouts: true,
  health: true,
  limits: true,
  traffic: true,
};

/**
 * A service and how it runs. Use an adapter (`FastifyAppEnvironment`, ...) for a framework; this class itself
 * serves what a `server` hook returns, or the process of `command`.
 *
 * @example
 * export const env = new AppEnvironment({ name: "plain", requiresAuth: false });
 * env.server(() => (request, response) => response.end("hello"));
 */
export class AppEnvironment<const List extends ParameterList = ParameterList> extends Environment {
  static override readonly optionNames: Readonly<Record<string, true>> = appOptionNames;
  /** The kind of app, for people. */
  readonly type: string | undefined;
  /** The port the app is reached at. */
  readonly port: Port;
  /** Arguments of `command`, one word each. */
  readonly args: readonly string[];
  /** The process to run instead of TypeScript code, one word each; empty if there is none. */
  readonly command: readonly string[];
  /** True if a request needs a valid API key. */
  readonly requiresAuth: boolean;
  /** The issuer whose JWTs are accepted too, and access to health and docs. */
  readonly auth: Auth;
  /** The number of replicas and its metric. */
  readonly scaling: Scaling;
  /** The public host name on a cluster. */
  readonly domain: Domain;
  /** Links the console shows beside the app. */
  readonly links: readonly Required<Link>[];
  /** Values for the app at its start. */
  readonly parameters: readonly Parameter[];
  /** The cluster pool it runs in. */
  readonly clusterPool: string;
  /** Time limits of requests. */
  readonly timeouts: Timeouts;
  /** The app's health route and checks. */
  readonly health: Health;
  /** Limits of a request. */
  readonly limits: Limits;
  /** The weight of a new revision. */
  readonly traffic: Traffic;
  readonly #options: AppEnvironmentOptions;
  readonly #extensions: HostExtension[] = [];
  #hooks: Hooks = {};

  /** @throws AppEnvError naming the option, its value and what is allowed. */
  constructor(options: AppEnvironmentOptions<List>) {
    super(options, "app");
    this.type = readText("type", options.type);
    this.port = Port.from(options.port ?? 8080);
    this.args = readWords(options.args, "args");
    this.command = readWords(options.command, "command");
    if (this.command.length > 0) checkVariables([...this.command, ...this.args]);
    this.requiresAuth = readFlag("requiresAuth", options.requiresAuth, true);
    this.auth = readAuth(options.auth, this.requiresAuth);
    this.scaling = Scaling.from(options.scaling ?? {});
    this.domain = Domain.from(options.domain ?? {});
    this.links = readLinks(options.links);
    this.parameters = readParameters(options.parameters);
    this.clusterPool = readText("clusterPool", options.clusterPool) ?? "default";
    this.timeouts = Timeouts.from(options.timeouts ?? {});
    this.health = readHealth(options.health);
    this.limits = readLimits(options.limits);
    this.traffic = readTraffic(options.traffic);
    this.#options = { ...options };
  }

  /**
   * The app's endpoint, without a slash at the end: in replicas and tasks of environments that depend on it, in a
   * process that has served it with `serve` or `listen`, and in its own replicas.
   *
   * @throws AppEnvError NO_ENDPOINT elsewhere.
   */
  get endpoint(): string {
    return endpointOf(this);
  }

  /** The hooks registered so far. */
  get hooks(): Hooks {
    return this.#hooks;
  }

  /** Extensions mounted beside the app, in mounting order. */
  get extensions(): readonly HostExtension[] {
    return this.#extensions;
  }

  /** Runs before the app answers. The last one registered counts. Returns the function unchanged. */
  onStartup<T extends LifecycleHook<List>>(hook: T): T {
    this.#hooks = { ...this.#hooks, onStartup: readHook<LifecycleHook>("onStartup", hook) };
    return hook;
  }

  /** Makes the server of an environment without an adapter. Returns the function unchanged. */
  server<T extends ServerHook<List>>(hook: T): T {
    this.#hooks = { ...this.#hooks, server: readHook<ServerHook>("server", hook) };
    return hook;
  }

  /**
   * Attaches libraries that need an `http.Server`: they are given one that never listens. Listeners of its `upgrade`
   * get the upgrades that neither mounted handlers nor the app itself take, after authentication; it gets no requests.
   * The last one registered counts. Returns the function unchanged.
   *
   * @example
   * const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app }); // of @hono/node-ws
   * env.attach(injectWebSocket);
   */
  attach<T extends AttachHook>(hook: T): T {
    this.#hooks = { ...this.#hooks, attach: readHook<AttachHook>("attach", hook) };
    return hook;
  }

  /** Runs after the last request was answered. Returns the function unchanged. */
  onShutdown<T extends LifecycleHook<List>>(hook: T): T {
    this.#hooks = { ...this.#hooks, onShutdown: readHook<LifecycleHook>("onShutdown", hook) };
    return hook;
  }

  /** Puts something beside the app on the same server, asked before it. Returns it unchanged. */
  mount<T extends HostExtension>(extension: T): T {
    if (typeof extension?.matches !== "function") throw invalidOption("mount", extension, "an object with `matches`");
    this.#extensions.push(extension);
    return extension;
  }

  /** The host the runtime starts; undefined for an environment of hooks or a command. Adapters override it. */
  createHost(): AppHost | undefined {
    return undefined;
  }

  /** The same environment with some options changed. It keeps its hooks and what was mounted. */
  cloneWith(changes: Partial<AppEnvironmentOptions>): this {
    const type = this.constructor as new (options: AppEnvironmentOptions) => this;
    const clone = new type({ ...this.#options, dependsOn: this.dependsOn, ...changes });
    for (const key of Object.keys(changes)) {
      // An option is kept in a field of its own name; an adapter's option at least in what it was made with.
      if (Object.hasOwn(this.#options, key) || key === "dependsOn" || Object.hasOwn(clone, key)) continue;
      throw invalidOption(`cloneWith.${key}`, changes[key as never], "an option of the environment");
    }
    clone.#hooks = this.#hooks;
    clone.#extensions.push(...this.#extensions);
    return clone;
  }

  /**
   * Serves the environment in this very process, ingress and all, without a platform: for a Dockerfile on any
   * container host, and for tests.
   *
   * @throws AppEnvError PORT_IN_USE, MISSING_SECRET, START_FAILED, NOT_LISTENING, MISSING_PACKAGE.
   */
  listen(options: ListenOptions = {}): Promise<Listening> {
    return listen(this, options);
  }

  /**
   * Calls the app: `fetch` with its endpoint, credentials that it accepts, the trace context of the request that is
   * being answered (W3C), and a time limit. GET, HEAD, PUT, DELETE and OPTIONS are tried up to four times if the
   * connection is refused or reset, and after 502, 504, and 503 with `Retry-After`; a body that is a stream is sent once.
   *
   * @param path - A path such as `/greeting/Ada`, or a whole URL of this app.
   * @throws AppEnvError CALL_FAILED naming app and URL, NO_ENDPOINT; NOT_FOUND and UNREACHABLE of the control plane.
   * @example
   * const response = await backend.fetch("/greeting/Ada", { timeout: "5s" });
   */
  async fetch(path: string | URL, init: AppFetchInit = {}): Promise<Response> {
    // Whoever calls no other app does not load what calls need.
    const { callApp } = await import("../call/call-app.ts");
    return callApp(this, path, init);
  }
}

/** Hooks are kept without the names of their parameters. */
function readHook<T>(name: string, hook: unknown): T {
  if (typeof hook !== "function") throw invalidOption(name, hook, "a function");
  return hook as T;
}

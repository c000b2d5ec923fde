import type { IncomingMessage } from "node:http";
import {
  AppEnvironment,
  type AppEnvironmentOptions,
  type AppHost,
  type HostListeners,
  type OpenApiDocument,
  type ParameterList,
} from "@appenv/core";
import { appOptionNames, type OptionNames } from "@appenv/core/internal";
import { rateLimiter, type RateLimiter, type RateLimitOptions } from "../http/rate-limiter.ts";
import { Router } from "../http/router.ts";
import { readAllowlist, type Allowlists } from "./allowlist.ts";
import { selectEndpoints, type Endpoint, type EndpointGroup, type EndpointId } from "./endpoint.ts";
import { appEndpoints } from "./endpoints/apps.ts";
import { coreEndpoints } from "./endpoints/core.ts";
import { runEndpoints } from "./endpoints/runs.ts";
import { taskEndpoints } from "./endpoints/tasks.ts";
import { triggerEndpoints } from "./endpoints/triggers.ts";

/** The options of a webhook app. Source: Flyte's `FlyteWebhookAppEnvironment`. */
export interface WebhookAppEnvironmentOptions<
  List extends ParameterList = ParameterList,
> extends AppEnvironmentOptions<List> {
  /** The title of its docs. Default: its name. */
  readonly title?: string;
  /** Only the endpoints of these groups. Default: all. */
  readonly endpointGroups?: readonly EndpointGroup[];
  /** Only these endpoints. Not together with `endpointGroups`. */
  readonly endpoints?: readonly EndpointId[];
  /**
   * The tasks it runs and shows, with their runs and triggers: `domain/project/name`, `project/name` or `name`, where
   * the name is `environment.task`. Default: all.
   */
  readonly taskAllowlist?: readonly string[];
  /** The apps it shows, starts, stops and calls: `domain/project/name`, `project/name` or `name`. Default: all. */
  readonly appAllowlist?: readonly string[];
  /** The triggers it switches: `task/trigger` or `trigger`. Default: all. */
  readonly triggerAllowlist?: readonly string[];
  /** The limit of requests. Default: none. */
  readonly rateLimit?: RateLimitOptions;
}

const optionNames: OptionNames<WebhookAppEnvironmentOptions> = {
  ...appOptionNames,
  title: true,
  endpointGroups: true,
  endpoints: true,
  taskAllowlist: true,
  appAllowlist: true,
  triggerAllowlist: true,
  rateLimit: true,
};

/**
 * Tasks, runs, apps and triggers of the control plane over plain HTTP, for callers that cannot use a client of Flyte.
 *
 * @example
 * export const env = new WebhookAppEnvironment({
 *   name: "operations",
 *   endpointGroups: ["core", "task", "run"],
 *   taskAllowlist: ["reports.monthly"],
 * });
 */
export class WebhookAppEnvironment<const List extends ParameterList = ParameterList> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** The title of its docs. */
  readonly title: string;
  /** Its endpoints. */
  readonly endpoints: ReadonlySet<EndpointId>;
  readonly #allow: Allowlists;
  readonly #rate: RateLimiter | undefined;

  /** @throws AppEnvError naming the option, its value and what is allowed. */
  constructor(options: WebhookAppEnvironmentOptions<List>) {
    const withType: WebhookAppEnvironmentOptions<List> = { type: "FlyteWebhookApp", ...options };
    super(withType);
    this.title = options.title ?? this.name;
    this.endpoints = selectEndpoints(options.endpointGroups, options.endpoints);
    this.#allow = {
      tasks: readAllowlist("taskAllowlist", options.taskAllowlist),
      apps: readAllowlist("appAllowlist", options.appAllowlist),
      triggers: readAllowlist("triggerAllowlist", options.triggerAllowlist),
    };
    this.#rate = rateLimiter(options.rateLimit);
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    const app = { name: this.name, allow: this.#allow };
    const all = [coreEndpoints, taskEndpoints(app), runEndpoints(app), appEndpoints(app), triggerEndpoints(app)].flat();
    return new WebhookHost(
      all.filter(({ id }) => this.endpoints.has(id)),
      this.#rate,
      this.title,
    );
  }
}

/** A webhook app as the runtime starts it. */
class WebhookHost implements AppHost {
  readonly framework: string = "webhooks";
  readonly #endpoints: readonly Endpoint[];
  readonly #router: Router;
  readonly #title: string;

  constructor(endpoints: readonly Endpoint[], rate: RateLimiter | undefined, title: string) {
    this.#endpoints = endpoints;
    this.#router = new Router(endpoints, rate);
    this.#title = title;
  }

  start(): Promise<HostListeners> {
    return Promise.resolve({ request: (request, response) => this.#router.answer(request, response) });
  }

  routeOf(request: IncomingMessage): string | undefined {
    return this.#router.routeOf(request);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async openapi(): Promise<OpenApiDocument> {
    const { describeEndpoints } = await import("./describe.ts");
    return describeEndpoints(this.#title, this.#endpoints);
  }
}

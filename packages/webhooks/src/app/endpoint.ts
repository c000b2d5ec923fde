import type { Json } from "../http/described.ts";
import type { Route } from "../http/router.ts";
import type { Allowlists } from "./allowlist.ts";

/** The endpoints a webhook app has, by group. Source: Flyte's `FlyteWebhookAppEnvironment`. */
export const endpointIds = {
  core: ["health", "me"],
  task: ["run_task", "get_task"],
  run: ["get_run", "get_run_io", "abort_run"],
  app: ["get_app", "activate_app", "deactivate_app", "call_app"],
  trigger: ["activate_trigger", "deactivate_trigger"],
} as const;

/** A group of endpoints. */
export type EndpointGroup = keyof typeof endpointIds;

/** An endpoint. */
export type EndpointId = (typeof endpointIds)[EndpointGroup][number];

/** An endpoint of a webhook app. */
export interface Endpoint extends Route {
  readonly id: EndpointId;
  readonly summary: string;
  /** The query parameters, by name, with their schema. */
  readonly query?: Readonly<Record<string, Json>>;
  /** The schema of the body, if there is one. */
  readonly body?: Json;
  /** The schema of the answer. */
  readonly answer: Json;
}

/** What endpoints know of their app. */
export interface WebhookApp {
  readonly name: string;
  readonly allow: Allowlists;
}

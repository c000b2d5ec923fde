import { invalidOption } from "@appenv/core/internal";
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

/** A webhook app as its endpoints see it. */
export interface WebhookApp {
  readonly name: string;
  readonly allow: Allowlists;
}

const groups = Object.keys(endpointIds) as readonly EndpointGroup[];
const all: readonly EndpointId[] = groups.flatMap((group) => endpointIds[group]);

/** The endpoints of an app: those of some groups, or single ones, or all. @throws AppEnvError INVALID_OPTION. */
export function selectEndpoints(
  chosenGroups: readonly EndpointGroup[] | undefined,
  chosen: readonly EndpointId[] | undefined,
): ReadonlySet<EndpointId> {
  if (chosenGroups !== undefined && chosen !== undefined) {
    throw invalidOption("endpoints", chosen, "left out where endpointGroups is given");
  }
  if (chosenGroups !== undefined) {
    return new Set(checked("endpointGroups", chosenGroups, groups).flatMap((group) => endpointIds[group]));
  }
  return new Set(chosen === undefined ? all : checked("endpoints", chosen, all));
}

function checked<T extends string>(option: string, values: readonly T[], known: readonly T[]): readonly T[] {
  const wrong = Array.isArray(values) ? values.find((value) => !known.includes(value)) : values;
  if (wrong !== undefined) throw invalidOption(`an entry of ${option}`, wrong, `one of ${known.join(", ")}`);
  return values;
}

import { durationMs, type Duration } from "@bufbuild/protobuf/wkt";
import { Spec_DesiredState, type AutoscalingConfig, type Spec } from "@appenv-internal/flyteidl2";
import type { AppDefinition } from "../app-definition.ts";
import { fromContainer } from "./launch.ts";
import { takeForced } from "./forced.ts";
import { takeParameters } from "./parameters.ts";
import { containerOf } from "./pod.ts";
import { fromResources } from "./resources.ts";
import { fromSecrets } from "./secrets.ts";
import { takeTraffic } from "./traffic.ts";

/**
 * An app from Flyte's message, also from one that another Flyte SDK wrote: that is of the kind `image`.
 * What the message leaves out gets Flyte's defaults: port 8080, none or one replica.
 */
export function fromSpec(spec: Spec): AppDefinition {
  const container = containerOf(spec);
  const [port] = container.ports;
  const { launch, envVars } = fromContainer(container);
  const forced = takeForced(envVars);
  const traffic = takeTraffic(forced.envVars);
  return {
    ...texts({
      description: spec.profile?.shortDescription,
      type: spec.profile?.type,
      portName: port?.name,
      subdomain: spec.ingress?.subdomain,
      customDomain: spec.ingress?.cname,
    }),
    launch,
    ...forced,
    ...traffic,
    ...takeParameters(traffic.envVars),
    port: port?.containerPort || 8080,
    secrets: fromSecrets(spec.securityContext?.secrets ?? []),
    resources: fromResources(container.resources, spec.extendedResources),
    ...fromAutoscaling(spec.autoscaling),
    ...milliseconds("requestTimeoutMs", spec.timeouts?.requestTimeout),
    requiresAuth: !(spec.securityContext?.allowAnonymous ?? false),
    links: spec.links.map(({ path, title, isRelative }) => ({ path, title, isRelative })),
    clusterPool: spec.clusterPool || "default",
    desiredState: spec.desiredState === Spec_DesiredState.STOPPED ? "stopped" : "active",
  };
}

type Scaled = Pick<AppDefinition, "replicas" | "metric" | "scaledownAfterMs">;

function fromAutoscaling(config: AutoscalingConfig | undefined): Scaled {
  const { min, max } = config?.replicas ?? { min: 0, max: 1 };
  const metric = config?.scalingMetric?.metric;
  const target = metric?.value?.targetValue;
  return {
    replicas: { min, max },
    ...(metric?.case === "concurrency" && target ? { metric: { concurrency: target } } : {}),
    ...(metric?.case === "requestRate" && target ? { metric: { requestRate: target } } : {}),
    ...milliseconds("scaledownAfterMs", config?.scaledownPeriod),
  };
}

/** Proto3 has no unset text: an empty one counts as unset. */
function texts<K extends string>(values: Record<K, string | undefined>): { [P in K]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as { [P in K]?: string };
}

function milliseconds<K extends string>(key: K, duration: Duration | undefined): { [P in K]?: number } {
  return (duration === undefined ? {} : { [key]: durationMs(duration) }) as { [P in K]?: number };
}

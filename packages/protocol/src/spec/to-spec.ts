import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  AutoscalingConfigSchema,
  ContainerPortSchema,
  IngressConfigSchema,
  LinkSchema,
  ProfileSchema,
  ScalingMetricSchema,
  SecurityContextSchema,
  Spec_DesiredState,
  SpecSchema,
  TimeoutConfigSchema,
  type AutoscalingConfig,
  type ScalingMetric,
  type SecurityContext,
  type Spec,
} from "@appenv-internal/flyteidl2";
import type { AppDefinition } from "../app-definition.ts";
import { toContainer } from "./launch.ts";
import { forcedEnv } from "./forced.ts";
import { parametersEnv } from "./parameters.ts";
import { toExtendedResources } from "./extended-resources.ts";
import { toResources } from "./resources.ts";
import { toSecrets } from "./secrets.ts";
import { trafficEnv } from "./traffic.ts";

/**
 * An app as Flyte's message. `fromSpec` gives the definition back, with the description cut to the 100 characters
 * the message allows.
 *
 * @param name - The app's name, shown as its profile's name.
 */
export function toSpec(definition: AppDefinition, name = ""): Spec {
  const envVars = {
    ...definition.envVars,
    ...trafficEnv(definition.traffic),
    ...forcedEnv(definition.forced),
    ...parametersEnv(definition),
  };
  const container = toContainer({ ...definition, envVars });
  container.resources = toResources(definition.resources);
  const extendedResources = toExtendedResources(definition.resources);
  container.ports = [create(ContainerPortSchema, { containerPort: definition.port, name: definition.portName ?? "" })];
  return create(SpecSchema, {
    appPayload: { case: "container", value: container },
    autoscaling: toAutoscaling(definition),
    ingress: create(IngressConfigSchema, {
      subdomain: definition.subdomain ?? "",
      cname: definition.customDomain ?? "",
    }),
    desiredState: definition.desiredState === "stopped" ? Spec_DesiredState.STOPPED : Spec_DesiredState.ACTIVE,
    clusterPool: definition.clusterPool,
    securityContext: toSecurityContext(definition),
    ...(extendedResources === undefined ? {} : { extendedResources }),
    profile: create(ProfileSchema, {
      type: definition.type ?? "",
      name,
      shortDescription: shorten(definition.description ?? ""),
    }),
    links: definition.links.map((link) => create(LinkSchema, { ...link })),
    ...(definition.requestTimeoutMs === undefined
      ? {}
      : {
          timeouts: create(TimeoutConfigSchema, { requestTimeout: durationFromMs(definition.requestTimeoutMs) }),
        }),
  });
}

function toAutoscaling({ replicas, metric, scaledownAfterMs }: AppDefinition): AutoscalingConfig {
  return create(AutoscalingConfigSchema, {
    replicas: { min: replicas.min, max: replicas.max },
    ...(scaledownAfterMs === undefined ? {} : { scaledownPeriod: durationFromMs(scaledownAfterMs) }),
    ...(metric === undefined ? {} : { scalingMetric: toMetric(metric) }),
  });
}

function toMetric(metric: NonNullable<AppDefinition["metric"]>): ScalingMetric {
  return create(ScalingMetricSchema, {
    metric:
      "concurrency" in metric
        ? { case: "concurrency", value: { targetValue: metric.concurrency } }
        : { case: "requestRate", value: { targetValue: metric.requestRate } },
  });
}

function toSecurityContext({ secrets, requiresAuth }: AppDefinition): SecurityContext {
  return create(SecurityContextSchema, {
    secrets: toSecrets(secrets),
    allowAnonymous: !requiresAuth,
  });
}

/** At most 100 characters, without cutting one that takes two code units. */
function shorten(text: string): string {
  return text.length <= 100 ? text : text.slice(0, 100).replace(/[\uD800-\uDBFF]$/, "");
}

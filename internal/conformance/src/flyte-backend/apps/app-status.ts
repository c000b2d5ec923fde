import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampNow } from "@bufbuild/protobuf/wkt";
import { ConditionSchema, Status_DeploymentStatus, StatusSchema, type Condition, type Status } from "@appenv/protocol";
import type { KnativeService } from "../knative/service.ts";
import type { KnativeCondition } from "../knative/template.ts";

const messages: Record<KnativeCondition["type"], string> = {
  ConfigurationsReady: "Configuration is ready",
  Ready: "Service is ready",
  RoutesReady: "Routes are ready",
};

/** The status of an app, one condition for each of Knative's. A generation that Knative has not seen is not noticed. */
export function statusOf(service: KnativeService): Status {
  if (service.isStopped) {
    const stopped = { deploymentStatus: Status_DeploymentStatus.STOPPED, message: "App scaled to zero" };
    return create(StatusSchema, { conditions: [{ ...stopped, lastTransitionTime: timestampNow() }] });
  }
  const ready = service.conditions.find(({ type }) => type === "Ready")?.status;
  return create(StatusSchema, {
    conditions: service.conditions.flatMap((condition) => conditionOf(condition, ready) ?? []),
    ingress: { publicUrl: service.url },
    currentReplicas: ready === "True" ? service.pods.length : 0,
    k8sMetadata: { namespace: "flyte" },
    createdAt: timestampFromMs(service.createdAt),
  });
}

function conditionOf(
  condition: KnativeCondition,
  ready: KnativeCondition["status"] | undefined,
): Condition | undefined {
  const { type, status, reason, message, since } = condition;
  if (type === "RoutesReady" && status === "Unknown") return undefined;
  if (status === "False" && ready !== "False") return undefined;
  return create(ConditionSchema, {
    deploymentStatus: phaseOf(status, ready),
    message: reason === "" ? message || messages[type] : `${reason}: ${message}`,
    lastTransitionTime: timestampFromMs(since),
  });
}

function phaseOf(
  status: KnativeCondition["status"],
  ready: KnativeCondition["status"] | undefined,
): Status_DeploymentStatus {
  if (status === "Unknown") return Status_DeploymentStatus.PENDING;
  if (status === "False") return Status_DeploymentStatus.FAILED;
  return ready === "True" ? Status_DeploymentStatus.ACTIVE : Status_DeploymentStatus.DEPLOYING;
}

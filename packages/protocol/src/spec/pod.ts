import { create } from "@bufbuild/protobuf";
import {
  ContainerPortSchema,
  ContainerSchema,
  KeyValuePairSchema,
  type Container,
  type K8sPod,
  type Spec,
} from "@appenv-internal/flyteidl2";

/** The container of an app, whatever its payload is. */
export function containerOf({ appPayload }: Spec): Container {
  if (appPayload.case === "container") return appPayload.value;
  return appPayload.case === "pod" ? podContainer(appPayload.value) : create(ContainerSchema);
}

/** The app's container in a pod payload: the primary one, else the one named `app`, else the first. */
function podContainer(pod: K8sPod): Container {
  const containers = records(pod.podSpec?.["containers"]);
  const named = (name: string) => containers.find((container) => container["name"] === name);
  const found = named(pod.primaryContainerName) ?? named("app") ?? containers[0] ?? {};
  return create(ContainerSchema, {
    image: text(found["image"]),
    command: texts(found["command"]),
    args: texts(found["args"]),
    env: records(found["env"]).map((variable) =>
      create(KeyValuePairSchema, { key: text(variable["name"]), value: text(variable["value"]) }),
    ),
    ports: records(found["ports"]).map((port) =>
      create(ContainerPortSchema, { containerPort: Number(port["containerPort"] ?? 0), name: text(port["name"]) }),
    ),
  });
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

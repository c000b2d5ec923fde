import { create } from "@bufbuild/protobuf";
import {
  ContainerPortSchema,
  ContainerSchema,
  KeyValuePairSchema,
  type Container,
  type K8sPod,
} from "@appenv-internal/flyteidl2";

/** The app's container in a pod payload: the primary one, else the one named `app`, else the first. */
export function podContainer(pod: K8sPod): Container {
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

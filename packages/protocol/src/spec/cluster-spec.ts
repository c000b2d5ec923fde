import { create, type JsonObject } from "@bufbuild/protobuf";
import {
  K8sPodSchema,
  Resources_ResourceName,
  type Container,
  type Resources,
  type Spec,
} from "@appenv-internal/flyteidl2";
import { sharedMemoryName, sharedMemoryPath } from "./extended-resources.ts";

const containerName = "app";

/** Kubernetes' names of resources. */
const kubernetesNames = new Map<Resources_ResourceName, string>([
  [Resources_ResourceName.CPU, "cpu"],
  [Resources_ResourceName.MEMORY, "memory"],
  [Resources_ResourceName.GPU, "nvidia.com/gpu"],
  [Resources_ResourceName.STORAGE, "storage"],
  [Resources_ResourceName.EPHEMERAL_STORAGE, "ephemeral-storage"],
]);

/**
 * A definition for a cluster. One that asks for GPUs or shared memory is a pod: Flyte's open-source backend leaves them out of
 * the container of an app without a word.
 */
export function forCluster(spec: Spec): Spec {
  const { appPayload, extendedResources } = spec;
  const sharedMemory = extendedResources?.sharedMemory?.sizeLimit;
  if (appPayload.case !== "container") return spec;
  if (!asksForGpu(appPayload.value) && sharedMemory === undefined) return spec;
  const podSpec: JsonObject = {
    containers: [{ ...kubernetesContainer(appPayload.value), ...(sharedMemory === undefined ? {} : mounts) }],
    ...(sharedMemory === undefined ? {} : volumesOf(sharedMemory)),
  };
  const pod = create(K8sPodSchema, { podSpec, primaryContainerName: containerName });
  return { ...spec, appPayload: { case: "pod", value: pod } };
}

const mounts: JsonObject = { volumeMounts: [{ name: sharedMemoryName, mountPath: sharedMemoryPath }] };

function volumesOf(sizeLimit: string): JsonObject {
  return { volumes: [{ name: sharedMemoryName, emptyDir: { medium: "Memory", sizeLimit } }] };
}

function asksForGpu({ resources }: Container): boolean {
  return [...(resources?.requests ?? []), ...(resources?.limits ?? [])].some(
    ({ name }) => name === Resources_ResourceName.GPU,
  );
}

function kubernetesContainer({ image, command, args, env, ports, resources }: Container): JsonObject {
  return {
    name: containerName,
    image,
    command,
    args,
    env: env.map(({ key, value }) => ({ name: key, value })),
    ports: ports.map(({ containerPort, name }) => ({ containerPort, ...(name === "" ? {} : { name }) })),
    resources: { requests: amountsOf(resources?.requests ?? []), limits: amountsOf(resources?.limits ?? []) },
  };
}

function amountsOf(entries: Resources["requests"]): JsonObject {
  return Object.fromEntries(
    entries.flatMap(({ name, value }) => {
      const known = kubernetesNames.get(name);
      return known === undefined ? [] : [[known, value]];
    }),
  );
}

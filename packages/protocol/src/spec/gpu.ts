import { create, type JsonObject } from "@bufbuild/protobuf";
import {
  K8sPodSchema,
  Resources_ResourceName,
  type Container,
  type Resources,
  type Spec,
} from "@appenv-internal/flyteidl2";

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
 * A definition for a cluster. One that asks for GPUs is a pod: Flyte's open-source backend leaves them out of the container of
 * an app without a word.
 */
export function withGpu(spec: Spec): Spec {
  const { appPayload } = spec;
  if (appPayload.case !== "container" || !asksForGpu(appPayload.value)) return spec;
  const podSpec: JsonObject = { containers: [kubernetesContainer(appPayload.value)] };
  const pod = create(K8sPodSchema, { podSpec, primaryContainerName: containerName });
  return { ...spec, appPayload: { case: "pod", value: pod } };
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

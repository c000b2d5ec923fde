import { create } from "@bufbuild/protobuf";
import {
  Resources_ResourceEntrySchema,
  Resources_ResourceName,
  ResourcesSchema,
  type ExtendedResources,
  type Resources,
} from "@appenv-internal/flyteidl2";
import type { ResourceAmount } from "../app-definition.ts";
import { deviceOf, sharedMemoryOf } from "./extended-resources.ts";

const numberOf: Record<Exclude<ResourceAmount["name"], "shm">, Resources_ResourceName> = {
  cpu: Resources_ResourceName.CPU,
  memory: Resources_ResourceName.MEMORY,
  gpu: Resources_ResourceName.GPU,
  disk: Resources_ResourceName.EPHEMERAL_STORAGE,
};

const nameOf = new Map<Resources_ResourceName, ResourceAmount["name"]>([
  [Resources_ResourceName.CPU, "cpu"],
  [Resources_ResourceName.MEMORY, "memory"],
  [Resources_ResourceName.GPU, "gpu"],
  [Resources_ResourceName.EPHEMERAL_STORAGE, "disk"],
  [Resources_ResourceName.STORAGE, "disk"],
]);

/** Amounts as Flyte's message. The others are in `toExtendedResources`. */
export function toResources(amounts: readonly ResourceAmount[]): Resources {
  const entries = (side: "request" | "limit") =>
    amounts.flatMap(({ name, [side]: value }) =>
      name === "shm" ? [] : [create(Resources_ResourceEntrySchema, { name: numberOf[name], value })],
    );
  return create(ResourcesSchema, { requests: entries("request"), limits: entries("limit") });
}

/** Amounts from Flyte's messages. With only one of request and limit, it stands for both. */
export function fromResources(
  resources: Resources | undefined,
  extended?: ExtendedResources,
): readonly ResourceAmount[] {
  const requests = readEntries(resources?.requests ?? []);
  const limits = readEntries(resources?.limits ?? []);
  const names = new Set([...requests.keys(), ...limits.keys()]);
  const amounts = [...names].map((name): ResourceAmount => {
    const request = requests.get(name) ?? limits.get(name) ?? "";
    return { name, request, limit: limits.get(name) ?? request, ...(name === "gpu" ? deviceOf(extended) : {}) };
  });
  return [...amounts, ...sharedMemoryOf(extended)];
}

function readEntries(entries: Resources["requests"]): Map<ResourceAmount["name"], string> {
  const amounts = new Map<ResourceAmount["name"], string>();
  for (const entry of entries) {
    const name = nameOf.get(entry.name);
    if (name !== undefined) amounts.set(name, entry.value);
  }
  return amounts;
}

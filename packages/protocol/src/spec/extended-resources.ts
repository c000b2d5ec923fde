import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ExtendedResources, ExtendedResourcesSchema } from "@appenv-internal/flyteidl2";
import type { ResourceAmount } from "../app-definition.ts";

/** The names of types of GPUs on the nodes of a cluster. Source: flyte-sdk's `ACCELERATOR_DEVICE_MAP`. */
const devices = new Map([
  ["A100", "nvidia-tesla-a100"],
  ["A100 80G", "nvidia-a100-80gb"],
  ["A10", "nvidia-a10"],
  ["A10G", "nvidia-a10g"],
  ["A100G", "nvidia-a100g"],
  ["L4", "nvidia-l4"],
  ["L40s", "nvidia-l40s"],
  ["L4_VWS", "nvidia-l4-vws"],
  ["K80", "nvidia-tesla-k80"],
  ["M60", "nvidia-tesla-m60"],
  ["P4", "nvidia-tesla-p4"],
  ["P100", "nvidia-tesla-p100"],
  ["T4", "nvidia-tesla-t4"],
  ["V100", "nvidia-tesla-v100"],
  ["V5E", "tpu-v5-lite-podslice"],
  ["V5P", "tpu-v5p-slice"],
  ["V6E", "tpu-v6e-slice"],
]);

const types = new Map([...devices].map(([type, device]) => [device, type]));

/** The path of shared memory in a container. */
export const sharedMemoryPath: string = "/dev/shm";
/** See `sharedMemoryPath`. */
export const sharedMemoryName: string = "flyte-shm";

/** Resources that Flyte has beside the amounts: the type of GPUs, and shared memory. Undefined if there are none. */
export function toExtendedResources(
  amounts: readonly ResourceAmount[],
): MessageInitShape<typeof ExtendedResourcesSchema> | undefined {
  const device = amounts.find(({ name }) => name === "gpu")?.device;
  const shared = amounts.find(({ name }) => name === "shm")?.limit;
  if (device === undefined && shared === undefined) return undefined;
  return {
    ...(device === undefined ? {} : { gpuAccelerator: { device: devices.get(device) ?? device } }),
    ...(shared === undefined
      ? {}
      : { sharedMemory: { mountPath: sharedMemoryPath, mountName: sharedMemoryName, sizeLimit: shared } }),
  };
}

/** The type of GPUs. */
export function deviceOf(extended: ExtendedResources | undefined): Pick<ResourceAmount, "device"> {
  const device = extended?.gpuAccelerator?.device ?? "";
  return device === "" ? {} : { device: types.get(device) ?? device };
}

/** The amount of shared memory, if there is one. */
export function sharedMemoryOf(extended: ExtendedResources | undefined): readonly ResourceAmount[] {
  const size = extended?.sharedMemory?.sizeLimit ?? "";
  return size === "" ? [] : [{ name: "shm", request: size, limit: size }];
}

import type { Image, ImageDefinition } from "@appenv/core";
import { loadConfig } from "../config/config.ts";
import { buildImage, type BuildOptions } from "./build-image.ts";
import { findBuilder } from "./builder.ts";
import { builtReference } from "./dockerfile.ts";
import { isInRegistry } from "./registry.ts";

/** Builds that go on in this process, by reference: environments of one plan may share an image. */
const building: Map<string, Promise<void>> = new Map();

/**
 * The reference of an image, for a cluster to pull. One by definition is built on this machine and pushed first, unless its
 * registry has it.
 *
 * @throws AppEnvError NO_IMAGE_BUILDER, IMAGE_FAILED, INVALID_CONFIG if no registry is stated, UNSUPPORTED.
 */
export async function resolveImage(image: Image, options: BuildOptions = {}): Promise<string> {
  const { definition, reference: stated = "" } = image;
  if (definition === undefined) return stated;
  const config = await loadConfig();
  const reference = builtReference(definition, config);
  const pending = building.get(reference) ?? bringThere(definition, reference, config.imageBuilder, options);
  building.set(reference, pending);
  try {
    await pending;
  } finally {
    building.delete(reference);
  }
  return reference;
}

async function bringThere(
  definition: ImageDefinition,
  reference: string,
  builder: string | undefined,
  options: BuildOptions,
): Promise<void> {
  if (await isInRegistry(reference)) options.onProgress?.(`The image ${reference} is in the registry.`);
  else await buildImage(await findBuilder(builder, options.signal), definition, reference, options);
}

/**
 * The reference that `resolveImage` gives, without building anything.
 *
 * @throws AppEnvError INVALID_CONFIG if no registry is stated.
 */
export async function imageReference(image: Image): Promise<string> {
  const { definition, reference = "" } = image;
  if (definition === undefined) return reference;
  return builtReference(definition, await loadConfig());
}

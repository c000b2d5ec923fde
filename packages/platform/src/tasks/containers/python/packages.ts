import type { TaskDefinition } from "@appenv/protocol";

/** The packages of an image, as far as this machine has them. */
export interface ImagePackages {
  /** For example `3.11`; undefined: that of this machine. */
  readonly python: string | undefined;
  /** As pip takes them. */
  readonly requirements: readonly string[];
  /** Options of pip. */
  readonly options: readonly string[];
  /** Env vars of the image. */
  readonly env: Readonly<Record<string, string>>;
}

/** Images of Flyte's SDK have these in their tag: `ghcr.io/flyteorg/flyte:py3.11-v2.12.1`. */
const ofFlyte = /:py(\d+\.\d+)-v(\d[\w.]*)$/;

/** Answers true if Flyte's SDK is among the packages. */
export function hasSdk({ requirements }: ImagePackages): boolean {
  return requirements.some((requirement) => /^flyte\b(?!-)/.test(requirement));
}

/** The packages with the SDK of a base image, if that is one of Flyte's. */
export function withSdkOf(baseImage: string, packages: ImagePackages): ImagePackages {
  const [, , version] = ofFlyte.exec(baseImage) ?? [];
  return version === undefined || hasSdk(packages) ? packages : withSdk(packages, version);
}

/**
 * The packages of a task's image: those it was asked for with, and Flyte's SDK, of the version that wrote the task if the
 * image states none.
 */
export function packagesOf(
  { launch, sdkVersion }: Pick<TaskDefinition, "launch" | "sdkVersion">,
  images: { find(name: string): ImagePackages | undefined },
): ImagePackages {
  const image = launch.kind === "image" ? launch.image : "";
  const [, python, inTag] = ofFlyte.exec(image) ?? [];
  const asked = images.find(image) ?? { python, requirements: [], options: [], env: {} };
  return hasSdk(asked) ? asked : withSdk(asked, inTag ?? sdkVersion);
}

function withSdk(packages: ImagePackages, version: string | undefined): ImagePackages {
  const sdk = version === undefined ? "flyte" : `flyte==${version}`;
  return { ...packages, requirements: [...packages.requirements, sdk] };
}

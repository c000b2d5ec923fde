import type { TaskDefinition } from "@appenv/protocol";

/** The packages of an image, as far as this machine has them. */
export interface ImagePackages {
  /** For example `3.11`; undefined: that of this machine. */
  readonly python: string | undefined;
  /** As pip takes them. */
  readonly requirements: readonly string[];
}

/** Images of Flyte's SDK have these in their tag: `ghcr.io/flyteorg/flyte:py3.11-v2.12.1`. */
const ofFlyte = /:py(\d+\.\d+)-v(\d[\w.]*)$/;

/** The packages of a task's image: Flyte's SDK, of the version that wrote the task. */
export function packagesOf({ launch, sdkVersion }: Pick<TaskDefinition, "launch" | "sdkVersion">): ImagePackages {
  const [, python, inTag] = ofFlyte.exec(launch.kind === "image" ? launch.image : "") ?? [];
  const version = sdkVersion ?? inTag;
  return { python, requirements: [version === undefined ? "flyte" : `flyte==${version}`] };
}

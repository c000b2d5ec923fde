import { AppEnvError, plan, type Environment } from "@appenv/core";
import { imageReference, resolveImage } from "../image/resolve-image.ts";

/** Options of the images of a plan. */
export interface ImageOptions {
  /** Builds none. */
  readonly isDry: boolean;
  /** Says what is built and pushed, which can take minutes. */
  readonly say: ((message: string) => void) | undefined;
}

/**
 * The image of an environment's containers, built if it is one by definition.
 *
 * @param otherwise - The image of an environment that names none. @throws AppEnvError UNSUPPORTED, as `resolveImage`.
 */
export async function imageOf(environment: Environment, options: ImageOptions, otherwise?: string): Promise<string> {
  const { name, image, podTemplate } = environment;
  const { isDry, say } = options;
  if (podTemplate !== undefined) {
    throw new AppEnvError("UNSUPPORTED", `'${name}' has a \`podTemplate\`, which Flyte does not take by name.`);
  }
  if (image !== "auto") return isDry ? imageReference(image) : resolveImage(image, say && { onProgress: say });
  if (otherwise !== undefined) return otherwise;
  throw new AppEnvError("UNSUPPORTED", `'${name}' has no \`image\`, but what it runs is not uploaded.`, {
    fix: "Name the image that has it in the option `image`.",
  });
}

/** Names of the npm packages that the images of a plan bring: they stay out of the code. */
export function packagesOfImages(root: Environment): readonly string[] {
  const npm = plan([root]).flatMap(({ image }) => (image === "auto" ? [] : (image.definition?.npm ?? [])));
  return [...new Set(npm.map((each) => each.replace(/(?<=.)@[^@/]*$/, "")))].toSorted();
}

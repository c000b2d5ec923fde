import { invalidOption } from "../errors/invalid-option.ts";
import { readImageDefinition, type ImageDefinition, type NodeImageOptions } from "./image-definition.ts";

/**
 * A container image for a cluster: one that is there, by reference, or one that is built when it is deployed, by
 * definition. The embedded platform runs processes and needs none. Source: Flyte's `Image`.
 */
export class Image {
  /** For example `"registry.example.com/team/app:1.2.0"`. Undefined for an image that is built. */
  readonly reference: string | undefined;
  /** The contents of an image that is built. Undefined for one by reference. */
  readonly definition: ImageDefinition | undefined;

  /**
   * @param reference - A reference, or the options of `fromNode`.
   * @throws AppEnvError INVALID_OPTION for an empty reference or one with spaces.
   */
  constructor(reference: string | NodeImageOptions) {
    if (typeof reference === "object" && reference !== null) this.definition = readImageDefinition(reference);
    else if (typeof reference === "string" && /^\S+$/.test(reference)) this.reference = reference;
    else throw invalidOption("image", reference, "an image reference without spaces");
    Object.freeze(this);
  }

  /** An image from any form of the option; `"auto"` leaves the choice to the control plane. */
  static from(value: string | Image): Image | "auto" {
    if (value instanceof Image) return value;
    return value === "auto" ? "auto" : new Image(value);
  }

  /**
   * Node's own image with packages and env vars added. It is built and pushed when it is deployed, unless the registry has it
   * already: its tag is the hash of this definition. The code is not in it; that is uploaded.
   *
   * @throws AppEnvError INVALID_OPTION.
   */
  static fromNode(options: NodeImageOptions = {}): Image {
    return new Image(options);
  }

  /** The same with more npm packages, which have exact versions: `image.withNpmPackages("sharp@0.34.5")`. */
  withNpmPackages(...packages: readonly string[]): Image {
    const { npm, ...rest } = this.#base();
    return Image.fromNode({ ...rest, npm: [...npm, ...packages] });
  }

  /** The same with more Debian packages: `image.withAptPackages("ffmpeg")`. */
  withAptPackages(...packages: readonly string[]): Image {
    const { apt, ...rest } = this.#base();
    return Image.fromNode({ ...rest, apt: [...apt, ...packages] });
  }

  /** The same with more env vars, or with other values for those it has. They are no place for secrets. */
  withEnvVars(variables: Readonly<Record<string, string>>): Image {
    const { envVars, ...rest } = this.#base();
    return Image.fromNode({ ...rest, envVars: { ...envVars, ...variables } });
  }

  /** The same, pushed to another registry, such as `"registry.example.com/team"`. */
  withRegistry(registry: string): Image {
    return Image.fromNode({ ...this.#base(), registry });
  }

  /** The definition to add to: an image by reference is the base of a new one. */
  #base(): ImageDefinition {
    return this.definition ?? readImageDefinition({ base: this.reference ?? "" });
  }
}

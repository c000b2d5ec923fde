import { invalidOption } from "../errors/invalid-option.ts";

/** A container image for a cluster, by reference. The embedded platform runs processes and needs none. */
export class Image {
  /** For example `"registry.example.com/team/app:1.2.0"`. */
  readonly reference: string;

  /** @throws AppEnvError INVALID_OPTION for an empty reference or one with spaces. */
  constructor(reference: string) {
    if (typeof reference !== "string" || !/^\S+$/.test(reference)) {
      throw invalidOption("image", reference, "an image reference without spaces");
    }
    this.reference = reference;
    Object.freeze(this);
  }

  /** An image from any form of the option; `"auto"` leaves the choice to the control plane. */
  static from(value: string | Image): Image | "auto" {
    if (value instanceof Image) return value;
    return value === "auto" ? "auto" : new Image(value);
  }
}

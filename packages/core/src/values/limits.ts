import { invalidOption } from "../errors/invalid-option.ts";
import { quantityValue } from "./resources.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Limits of a request. */
export interface LimitsOptions {
  /** Maximum request body, in bytes or as `"10Mi"`. Above it the client gets 413. Default `"32Mi"`. */
  readonly body?: number | string;
}

/** Checked limits. */
export interface Limits {
  /** In bytes. */
  readonly bodyBytes: number;
}

const names: OptionNames<LimitsOptions> = { body: true };

/** Checks limits and fills in the default. @throws AppEnvError INVALID_OPTION. */
export function readLimits(value: LimitsOptions = {}): Limits {
  if (typeof value !== "object" || value === null)
    throw invalidOption("limits", value, 'an object such as { body: "10Mi" }');
  checkOptions(value, "limits", names);
  return Object.freeze({ bodyBytes: quantityValue(value.body ?? "32Mi", "limits.body") });
}

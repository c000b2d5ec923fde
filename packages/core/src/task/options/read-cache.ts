import { invalidOption } from "../../errors/invalid-option.ts";
import type { CacheBehavior, CacheOptions, TaskSettings } from "./task-options.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";

/** Checked options of a cache, before the function is known whose results it keeps. */
export type CachePolicy = Omit<TaskSettings["cache"], "version"> & { readonly versionOverride: string };

const behaviors: readonly string[] = ["auto", "override", "disable"] satisfies CacheBehavior[];

const names: OptionNames<CacheOptions> = {
  behavior: true,
  versionOverride: true,
  serialize: true,
  ignoredInputs: true,
  salt: true,
};

/** Checks a cache's options, whole or by its behavior's name. @throws AppEnvError INVALID_OPTION. */
export function readCachePolicy(value: CacheBehavior | CacheOptions = "disable", option: string): CachePolicy {
  const options: CacheOptions = typeof value === "string" ? { behavior: value } : value;
  if (!behaviors.includes(options?.behavior)) {
    throw invalidOption(option, value, '"auto", "override", "disable", or an object with such a `behavior`');
  }
  const { behavior, versionOverride = "", serialize = false, ignoredInputs = [], salt = "" } = options;
  checkOptions(options, option, names);
  if (typeof versionOverride !== "string" || (behavior === "override" && versionOverride === "")) {
    throw invalidOption(`${option}.versionOverride`, versionOverride, 'a text with behavior "override"');
  }
  if (behavior !== "override" && versionOverride !== "") {
    throw invalidOption(`${option}.versionOverride`, versionOverride, 'used with behavior "override"');
  }
  if (typeof serialize !== "boolean") throw invalidOption(`${option}.serialize`, serialize, "true or false");
  if (typeof salt !== "string") throw invalidOption(`${option}.salt`, salt, "a text");
  if (!Array.isArray(ignoredInputs) || !ignoredInputs.every((name) => typeof name === "string")) {
    throw invalidOption(`${option}.ignoredInputs`, ignoredInputs, "a list of names of inputs");
  }
  return Object.freeze({
    behavior,
    versionOverride,
    serialize,
    ignoredInputs: Object.freeze([...ignoredInputs]),
    salt,
  });
}

/** The cache of one task: its own options, else those of the environment. */
export function readCache(
  value: CacheBehavior | CacheOptions | undefined,
  option: string,
  byDefault: CachePolicy,
  implementation: Function,
): TaskSettings["cache"] {
  const { versionOverride, ...policy } = value === undefined ? byDefault : readCachePolicy(value, option);
  const version = policy.behavior === "auto" ? sourceHash(implementation) : versionOverride;
  return Object.freeze({ ...policy, version });
}

/**
 * The function's own source, 16 hex characters of its SHA-256. What it calls is not part of it, nor what it closes
 * over: change the `salt` when that changes what it gives.
 */
function sourceHash(implementation: Function): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const source = Function.prototype.toString.call(implementation).replaceAll(sites, "");
  return createHash("sha256").update(source).digest("hex").slice(0, 16);
}

/** The names that a bundle gives its functions; they may change with what is written around them. */
const sites = /(?<=Symbol\.for\("appenv\.(?:branch|later)"\)\] \?\? .{0,50}\()"(?:[^"\\]|\\.)*"(?=, )/g;

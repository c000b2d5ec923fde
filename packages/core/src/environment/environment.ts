import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption, show } from "../errors/invalid-option.ts";
import { Image } from "../values/image.ts";
import { Resources, type ResourcesOptions } from "../values/resources.ts";
import { Secret, type SecretsInput } from "../values/secret.ts";
import { declaringFile } from "./declared-in.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

const brand: unique symbol = Symbol.for("appenv.environment") as never;

const neededMark: unique symbol = Symbol.for("appenv.needed") as never;

/** Options that apps and tasks have in common. Source: Flyte's `Environment`. */
export interface EnvironmentOptions {
  /** At most 30 characters: lower case letters, digits and hyphens. */
  readonly name: string;
  /** A container image for clusters. Default `"auto"`: the control plane's own choice. */
  readonly image?: string | Image;
  /** Resources of one replica. */
  readonly resources?: ResourcesOptions | Resources;
  /** Env vars of every replica. */
  readonly envVars?: Readonly<Record<string, string>>;
  /** Secrets every replica gets. */
  readonly secrets?: SecretsInput;
  /** Environments that must be up first. */
  readonly dependsOn?: readonly Environment[];
  /** The name of a pod template on the cluster. Clusters only. */
  readonly podTemplate?: string;
  /** For people; at most 255 characters are kept. */
  readonly description?: string;
  /** Lets a cluster run it on machines that it can take away. Default false. */
  readonly interruptible?: boolean;
  /** Files beside the code that belong to it, relative to the declaring file; globs allowed. */
  readonly include?: readonly string[];
}

/** The names of the options that all environments have. */
export const environmentOptionNames: OptionNames<EnvironmentOptions> = {
  name: true,
  image: true,
  resources: true,
  envVars: true,
  secrets: true,
  dependsOn: true,
  podTemplate: true,
  description: true,
  interruptible: true,
  include: true,
};

/** As much of an environment's class as its constructor needs. */
interface EnvironmentClass {
  readonly name: string;
  readonly optionNames: Readonly<Record<string, true>>;
}

/** A named place where code runs. Made through `AppEnvironment` or an adapter. */
export abstract class Environment {
  /** The options it takes; others are refused. A subclass that states none of its own takes any. */
  static readonly optionNames: Readonly<Record<string, true>> = environmentOptionNames;
  /** Unique in a plan. */
  readonly name: string;
  /** A container image for clusters. */
  readonly image: Image | "auto";
  /** Resources of one replica. */
  readonly resources: Resources | undefined;
  /** Env vars of every replica. */
  readonly envVars: Readonly<Record<string, string>>;
  /** Secrets every replica gets. */
  readonly secrets: readonly Secret[];
  /** The name of a pod template on the cluster. */
  readonly podTemplate: string | undefined;
  /** For people. */
  readonly description: string | undefined;
  /** True if a cluster may run it on machines that it can take away. */
  readonly interruptible: boolean;
  /** Files beside the code that belong to it. */
  readonly include: readonly string[];
  readonly #declaredIn: () => string | undefined = declaringFile();
  readonly #dependsOn: Environment[] = [];

  constructor(options: EnvironmentOptions, kind: "app" | "task") {
    const { name: type, optionNames } = new.target as unknown as EnvironmentClass;
    // A subclass of a user's may have options of its own, of which it says nothing.
    if (Object.hasOwn(new.target, "optionNames")) checkOptions(options, `${type} '${options?.name}'`, optionNames);
    this.name = readName(options.name);
    this.image = Image.from(options.image ?? "auto");
    this.resources = options.resources === undefined ? undefined : Resources.from(options.resources);
    this.envVars = readEnvVars(options.envVars);
    this.secrets = Secret.listFrom(options.secrets);
    this.podTemplate = readText("podTemplate", options.podTemplate);
    this.description = readText("description", options.description)?.slice(0, 255);
    this.interruptible = readFlag("interruptible", options.interruptible, false);
    this.include = readInclude(options.include);
    Object.defineProperty(this, brand, { value: kind });
    const dependencies = options.dependsOn ?? [];
    if (!Array.isArray(dependencies)) throw invalidOption("dependsOn", dependencies, "a list of environments");
    this.addDependency(...dependencies);
  }

  /** The file that constructed it, if that can be told. */
  get declaredIn(): string | undefined {
    return this.#declaredIn();
  }

  /** Environments that must be up first, in the order they were given. */
  get dependsOn(): readonly Environment[] {
    return this.#dependsOn;
  }

  /** Adds environments that must be up first; one that is there already is not added twice. */
  addDependency(...environments: readonly Environment[]): void {
    for (const environment of environments) {
      if (!isEnvironment(environment)) throw invalidOption("dependsOn", environment, "an environment");
      if (environment === this) {
        throw new AppEnvError("DEPENDENCY_CYCLE", `'${this.name}' depends on itself.`);
      }
      if (this.#dependsOn.includes(environment)) continue;
      this.#dependsOn.push(environment);
      Object.defineProperty(environment, neededMark, { value: true });
    }
  }
}

/** True for an environment (of this kind), made by any copy of the package. */
export function isEnvironment(value: unknown, kind?: "app" | "task"): value is Environment {
  if (typeof value !== "object" || value === null || !(brand in value)) return false;
  return kind === undefined || (value as { [brand]?: unknown })[brand] === kind;
}

/** True if an environment was named in `dependsOn` of another. */
export function hasDependents(environment: Environment): boolean {
  return neededMark in environment;
}

function readName(name: string): string {
  if (typeof name === "string" && name.length <= 30 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return name;
  throw new AppEnvError("INVALID_NAME", `${show(name)} cannot be the name of an environment.`);
}

function readEnvVars(value: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidOption("envVars", value, "an object of texts");
  }
  for (const [name, text] of Object.entries(value)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw invalidOption("a name in envVars", name, "letters, digits and underscores");
    if (typeof text !== "string") throw invalidOption(`envVars.${name}`, text, "a text");
  }
  return Object.freeze({ ...value });
}

function readInclude(value: readonly string[] = []): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw invalidOption("include", value, "a list of paths");
  }
  return Object.freeze([...value]);
}

/** Checks an optional text. */
export function readText(option: string, value: string | undefined): string | undefined {
  if (value !== undefined && typeof value !== "string") throw invalidOption(option, value, "a text");
  return value;
}

/** Checks an optional true or false. */
export function readFlag(option: string, value: boolean | undefined, byDefault: boolean): boolean {
  if (value !== undefined && typeof value !== "boolean") throw invalidOption(option, value, "true or false");
  return value ?? byDefault;
}

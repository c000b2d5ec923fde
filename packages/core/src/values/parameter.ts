import { invalidOption, show } from "../errors/invalid-option.ts";
import { isParameterValue, typeOfValue, valueAs, type ParameterType, type ParameterValue } from "./parameter-value.ts";
import { readName } from "./places.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** A value that an app gets at its start. */
export interface ParameterOptions {
  /** Its name in hooks and in `getParameter`. */
  readonly name: string;
  /** Its value. Unset: it must be given when the app is served. */
  readonly value?: ParameterValue;
  /** Its type. Default: that of the value. With a type, a text stands for a path or URI, or for the name or URL of an app. */
  readonly type?: ParameterType;
  /** An env var that also gets the value, before the app's code is imported. */
  readonly envVar?: string;
  /** Fetches a file or directory before the app starts; else the app gets its path or URI. Default true. */
  readonly download?: boolean;
  /** The path at which a file or directory is put; a mount ending in "/" keeps the file's own name. */
  readonly mount?: string;
  /** Globs of what is not fetched from a directory: a name at any depth (`*.tmp`), or a path in it (`data/raw`). */
  readonly ignorePatterns?: readonly string[];
}

const names: OptionNames<ParameterOptions> = {
  name: true,
  value: true,
  type: true,
  envVar: true,
  download: true,
  mount: true,
  ignorePatterns: true,
};

/** Checked parameter. Source: Flyte's `Parameter`. */
export class Parameter<const Options extends ParameterOptions = ParameterOptions> {
  /** Its name in hooks and in `getParameter`. */
  readonly name: Options["name"];
  /** Undefined: to be given when the app is served. */
  readonly value: ParameterValue | undefined;
  /** Its type; undefined: that of the given value, or of the artifact. */
  readonly type: ParameterType | undefined;
  /** The env var that holds it, if any. */
  readonly envVar: string | undefined;
  /** True if a file or directory is fetched before the app starts; always with a mount, never for other values. */
  readonly download: boolean;
  /** The path at which a file or directory is put, if given. */
  readonly mount: string | undefined;
  /** Globs of what is not fetched from a directory. */
  readonly ignorePatterns: readonly string[];

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(options: Options) {
    const { name, value, type, envVar, mount, ignorePatterns = [] } = options;
    const where = `parameter '${String(name)}'`;
    checkOptions(options, where, names);
    readName("parameter name", name);
    if (envVar !== undefined && !/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(envVar)) {
      throw invalidOption(`envVar of ${where}`, envVar, "letters, digits and underscores, not starting with a digit");
    }
    if (mount !== undefined) readName(`mount of ${where}`, mount);
    if (!Array.isArray(ignorePatterns) || !ignorePatterns.every((item) => typeof item === "string")) {
      throw invalidOption(`ignorePatterns of ${where}`, ignorePatterns, "a list of globs");
    }
    this.name = name;
    this.value = readValue(where, value, readType(where, type));
    this.type = type ?? (this.value === undefined ? undefined : typeOfValue(this.value));
    this.envVar = envVar;
    this.mount = mount;
    const isPlace = this.type !== "string" && this.type !== "app_endpoint";
    this.download = isPlace && (mount !== undefined || (options.download ?? true));
    this.ignorePatterns = Object.freeze([...ignorePatterns]);
    Object.freeze(this);
  }
}

const types: readonly ParameterType[] = ["string", "file", "directory", "app_endpoint"];

function readType(where: string, type: ParameterType | undefined): ParameterType | undefined {
  if (type === undefined || types.includes(type)) return type;
  throw invalidOption(`type of ${where}`, type, types.map((each) => `"${each}"`).join(", "));
}

function readValue(where: string, value: unknown, type: ParameterType | undefined): ParameterValue | undefined {
  if (value === undefined) return undefined;
  if (!isParameterValue(value)) {
    throw invalidOption(
      `value of ${where}`,
      value,
      "a string, FlyteFile, FlyteDir, RunOutput, ArtifactValue or AppEndpoint",
    );
  }
  const read = valueAs(value, type);
  if (read === undefined) throw invalidOption(`value of ${where}`, value, `of the type it states, ${show(type)}`);
  return read;
}

/** Parameters as an environment takes them. */
export type ParameterList = readonly (Parameter | ParameterOptions)[];

/** Checks a list of parameters. @throws AppEnvError INVALID_OPTION, also for a name used twice. */
export function readParameters(value: ParameterList = []): readonly Parameter[] {
  if (!Array.isArray(value)) throw invalidOption("parameters", value, "a list");
  const parameters = value.map((item) => (item instanceof Parameter ? item : new Parameter(item ?? {})));
  const seen = new Set<string>();
  for (const { name } of parameters) {
    if (seen.has(name)) throw invalidOption("parameters", name, "named once each");
    seen.add(name);
  }
  return Object.freeze(parameters);
}

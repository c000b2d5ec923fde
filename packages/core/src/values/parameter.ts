import { invalidOption } from "../errors/invalid-option.ts";

const brand: unique symbol = Symbol.for("appenv.place") as never;

/** A file, by path or URI, given to an app as a parameter, or to a task as an input. */
export class File {
  /** A path on the machine that serves, or a URI. */
  readonly path: string;
  constructor(path: string) {
    this.path = readPath("File", path);
    Object.defineProperty(this, brand, { value: "file" });
    Object.freeze(this);
  }

  /** Makes `instanceof` know those of other copies of the package too: a value comes from whichever read it. */
  static [Symbol.hasInstance](value: unknown): value is File {
    return isPlace(value, "file");
  }
}

/** A directory, by path or URI, given to an app as a parameter, or to a task as an input. */
export class Dir {
  /** A path on the machine that serves, or a URI. */
  readonly path: string;
  constructor(path: string) {
    this.path = readPath("Dir", path);
    Object.defineProperty(this, brand, { value: "dir" });
    Object.freeze(this);
  }

  /** As that of `File`. */
  static [Symbol.hasInstance](value: unknown): value is Dir {
    return isPlace(value, "dir");
  }
}

function isPlace(value: unknown, kind: "file" | "dir"): boolean {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === kind;
}

/** What a `RunOutput` is read from. */
export interface RunOutputOptions {
  /** What the output is. */
  readonly type: "string" | "file" | "directory";
  /** Outputs of this run; or else of the newest succeeded run of `taskName`. */
  readonly runName?: string;
  /** `environment.task`. */
  readonly taskName?: string;
  /** Only runs of this version of the task. */
  readonly taskVersion?: string;
  /** Where in the outputs: names or positions, applied one after the other. Default `[0]`, the first output. */
  readonly getter?: readonly (string | number)[];
}

/** An output of a run, resolved when the app is served. */
export class RunOutput {
  /** As given, with the default getter filled in. */
  readonly options: RunOutputOptions & { readonly getter: readonly (string | number)[] };
  /** @throws AppEnvError INVALID_OPTION unless exactly one of `runName` and `taskName` is set. */
  constructor(options: RunOutputOptions) {
    if ((options.runName === undefined) === (options.taskName === undefined)) {
      throw invalidOption("RunOutput", options, "given exactly one of runName and taskName");
    }
    if (options.taskVersion !== undefined && options.taskName === undefined) {
      throw invalidOption("RunOutput.taskVersion", options.taskVersion, "used with taskName");
    }
    this.options = Object.freeze({ ...options, getter: Object.freeze([...(options.getter ?? [0])]) });
    Object.freeze(this);
  }
}

/** Which artifact an `ArtifactValue` is. */
export interface ArtifactValueOptions {
  /** The artifact's name. */
  readonly name: string;
  /** Default: the latest when the app is served. */
  readonly version?: string;
  /** Default: the app's. */
  readonly project?: string;
  /** Default: the app's. */
  readonly domain?: string;
  /** Default: what the artifact is. */
  readonly type?: "file" | "directory";
}

/** A stored artifact, pinned to a version when the app is served. */
export class ArtifactValue {
  /** As given. */
  readonly options: ArtifactValueOptions;
  constructor(options: ArtifactValueOptions) {
    readPath("ArtifactValue.name", options.name);
    this.options = Object.freeze({ ...options });
    Object.freeze(this);
  }
}

/** The endpoint of another app, resolved when the replica starts. */
export class AppEndpoint {
  /** The app's name, in the same project and domain. */
  readonly appName: string;
  /** Whether the public URL is wanted. Default false: the one inside the platform. */
  readonly public: boolean;
  constructor(appName: string, options: { readonly public?: boolean } = {}) {
    this.appName = readPath("AppEndpoint", appName);
    this.public = options.public ?? false;
    Object.freeze(this);
  }
}

/** What a parameter can hold. */
export type ParameterValue = string | File | Dir | RunOutput | ArtifactValue | AppEndpoint;

/** One thing an app is given when it starts. */
export interface ParameterOptions {
  /** How hooks and `getParameter` name it. */
  readonly name: string;
  /** Unset: it must be given when the app is served. */
  readonly value?: ParameterValue;
  /** Also put it in this env var. */
  readonly envVar?: string;
  /** Whether a file or directory is fetched before the app starts. Default true. */
  readonly download?: boolean;
  /** Where a file or directory is put; a mount ending in "/" keeps the file's own name. */
  readonly mount?: string;
  /** Names inside a directory that are not fetched, as globs. */
  readonly ignorePatterns?: readonly string[];
}

/** Checked parameter. Source: Flyte's `Parameter`. */
export class Parameter {
  /** How hooks and `getParameter` name it. */
  readonly name: string;
  /** Undefined: to be given when the app is served. */
  readonly value: ParameterValue | undefined;
  /** The env var that holds it, if any. */
  readonly envVar: string | undefined;
  /** Whether a file or directory is fetched before the app starts; always so with a mount, never for other values. */
  readonly download: boolean;
  /** Where a file or directory is put, if stated. */
  readonly mount: string | undefined;
  /** Names inside a directory that are not fetched, as globs. */
  readonly ignorePatterns: readonly string[];

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(options: ParameterOptions) {
    const where = `parameter '${String(options.name)}'`;
    if (typeof options.name !== "string" || options.name === "")
      throw invalidOption("parameter name", options.name, "a text");
    if (options.envVar !== undefined && !/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(options.envVar)) {
      throw invalidOption(
        `envVar of ${where}`,
        options.envVar,
        "letters, digits and underscores, not starting with a digit",
      );
    }
    if (options.value !== undefined && !isParameterValue(options.value)) {
      throw invalidOption(
        `value of ${where}`,
        options.value,
        "a string, File, Dir, RunOutput, ArtifactValue or AppEndpoint",
      );
    }
    if (options.mount !== undefined) readPath(`mount of ${where}`, options.mount);
    const { ignorePatterns = [] } = options;
    if (!Array.isArray(ignorePatterns)) throw invalidOption(`ignorePatterns of ${where}`, ignorePatterns, "a list");
    this.name = options.name;
    this.value = options.value;
    this.envVar = options.envVar;
    this.mount = options.mount;
    this.download = canBeFetched(options.value) && (options.mount !== undefined || (options.download ?? true));
    this.ignorePatterns = Object.freeze([...ignorePatterns]);
    Object.freeze(this);
  }
}

/** Checks a list of parameters. @throws AppEnvError INVALID_OPTION, also for a name used twice. */
export function readParameters(value: readonly (Parameter | ParameterOptions)[] = []): readonly Parameter[] {
  if (!Array.isArray(value)) throw invalidOption("parameters", value, "a list");
  const parameters = value.map((item) => (item instanceof Parameter ? item : new Parameter(item ?? {})));
  const seen = new Set<string>();
  for (const { name } of parameters) {
    if (seen.has(name)) throw invalidOption("parameters", name, "named once each");
    seen.add(name);
  }
  return Object.freeze(parameters);
}

function isParameterValue(value: unknown): value is ParameterValue {
  if (typeof value === "string") return true;
  return [File, Dir, RunOutput, ArtifactValue, AppEndpoint].some((type) => value instanceof type);
}

/** A value given later may turn out to be a file. */
function canBeFetched(value: ParameterValue | undefined): boolean {
  return typeof value !== "string" && !(value instanceof AppEndpoint);
}

function readPath(what: string, value: string): string {
  if (typeof value !== "string" || value === "") throw invalidOption(what, value, "a text");
  return value;
}

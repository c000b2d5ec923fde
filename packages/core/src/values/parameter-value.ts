import { invalidOption } from "../errors/invalid-option.ts";
import { FlyteDir, FlyteFile, readName } from "./places.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Makes `instanceof` recognise values of other copies of the package, as with `FlyteFile`. */
const brand: unique symbol = Symbol.for("appenv.parameter-value") as never;

function isBranded(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === kind;
}

/** The types that an output of a run can have for an app. */
export type RunOutputType = "string" | "file" | "directory";

/** Options of a `RunOutput`. */
export interface RunOutputOptions<Type extends RunOutputType = RunOutputType> {
  /** The type of the output. */
  readonly type: Type;
  /** The run; or else the newest succeeded run of `taskName` counts. */
  readonly runName?: string;
  /** `environment.task`. */
  readonly taskName?: string;
  /** Only runs of this version of the task. */
  readonly taskVersion?: string;
  /** The path in the outputs: names or positions, applied one after the other. Default `[0]`, the first output. */
  readonly getter?: readonly (string | number)[];
}

const runOutputNames: OptionNames<RunOutputOptions> = {
  type: true,
  runName: true,
  taskName: true,
  taskVersion: true,
  getter: true,
};

/** An output of a run, looked up when the app is served; all its replicas get that value. */
export class RunOutput<Type extends RunOutputType = RunOutputType> {
  /** As given, with the default getter filled in. */
  readonly options: RunOutputOptions<Type> & { readonly getter: readonly (string | number)[] };
  /** @throws AppEnvError INVALID_OPTION unless exactly one of `runName` and `taskName` is set. */
  constructor(options: RunOutputOptions<Type>) {
    checkOptions(options, "RunOutput", runOutputNames);
    if (!["string", "file", "directory"].includes(options.type)) {
      throw invalidOption("RunOutput.type", options.type, '"string", "file" or "directory"');
    }
    if ((options.runName === undefined) === (options.taskName === undefined)) {
      throw invalidOption("RunOutput", options, "given exactly one of runName and taskName");
    }
    if (options.taskVersion !== undefined && options.taskName === undefined) {
      throw invalidOption("RunOutput.taskVersion", options.taskVersion, "used with taskName");
    }
    this.options = Object.freeze({ ...options, getter: Object.freeze([...(options.getter ?? [0])]) });
    Object.defineProperty(this, brand, { value: "run-output" });
    Object.freeze(this);
  }

  /** See `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is RunOutput {
    return isBranded(value, "run-output");
  }
}

/** Options of an `ArtifactValue`. */
export interface ArtifactValueOptions<Type extends "file" | "directory" = "file" | "directory"> {
  /** The artifact's name. */
  readonly name: string;
  /** The version. Default: the latest when the app is served. */
  readonly version?: string;
  /** Default: the app's. */
  readonly project?: string;
  /** Default: the app's. */
  readonly domain?: string;
  /** The type. Default: that of the artifact. */
  readonly type?: Type;
}

const artifactNames: OptionNames<ArtifactValueOptions> = {
  name: true,
  version: true,
  project: true,
  domain: true,
  type: true,
};

/** A stored artifact. Flyte's open API has no service of artifacts, so serving an app with one is refused. */
export class ArtifactValue<Type extends "file" | "directory" = "file" | "directory"> {
  /** As given. */
  readonly options: ArtifactValueOptions<Type>;
  constructor(options: ArtifactValueOptions<Type>) {
    checkOptions(options, "ArtifactValue", artifactNames);
    readName("ArtifactValue.name", options.name);
    this.options = Object.freeze({ ...options });
    Object.defineProperty(this, brand, { value: "artifact" });
    Object.freeze(this);
  }

  /** See `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is ArtifactValue {
    return isBranded(value, "artifact");
  }
}

/** The endpoint of another app, resolved when the replica starts. */
export class AppEndpoint {
  /** The app's name, in the same project and domain. */
  readonly appName: string;
  /** Gives the public URL instead of the one inside the platform. Default false. */
  readonly public: boolean;
  constructor(appName: string, options: { readonly public?: boolean } = {}) {
    checkOptions(options, "AppEndpoint", { public: true });
    this.appName = readName("AppEndpoint", appName);
    this.public = options.public ?? false;
    Object.defineProperty(this, brand, { value: "app-endpoint" });
    Object.freeze(this);
  }

  /** See `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is AppEndpoint {
    return isBranded(value, "app-endpoint");
  }
}

/** The values of a parameter. */
export type ParameterValue = string | FlyteFile | FlyteDir | RunOutput | ArtifactValue | AppEndpoint;

/** The type of a parameter, in Flyte's words. */
export type ParameterType = "string" | "file" | "directory" | "app_endpoint";

/** True if a parameter can hold the value. */
export function isParameterValue(value: unknown): value is ParameterValue {
  if (typeof value === "string") return true;
  return [FlyteFile, FlyteDir, RunOutput, ArtifactValue, AppEndpoint].some((type) => value instanceof type);
}

/** The type of a value for the app; undefined if it is not known yet. */
export function typeOfValue(value: ParameterValue): ParameterType | undefined {
  if (typeof value === "string") return "string";
  if (value instanceof FlyteFile) return "file";
  if (value instanceof FlyteDir) return "directory";
  return value instanceof AppEndpoint ? "app_endpoint" : value.options.type;
}

/** A value as one of a type, where a text stands for a value; undefined if it is of another type. */
export function valueAs(value: ParameterValue, type: ParameterType | undefined): ParameterValue | undefined {
  if (typeof value === "string") return textAs(value, type);
  const own = typeOfValue(value);
  const isText = (each: ParameterType): boolean => each === "string" || each === "app_endpoint";
  if (type === undefined || own === undefined || own === type || (isText(own) && isText(type))) return value;
  return undefined;
}

function textAs(text: string, type: ParameterType | undefined): ParameterValue {
  if (type === "file") return new FlyteFile(text);
  if (type === "directory") return new FlyteDir(text);
  // An endpoint may also be given as a URL.
  return type === "app_endpoint" && !URL.canParse(text) ? new AppEndpoint(text) : text;
}

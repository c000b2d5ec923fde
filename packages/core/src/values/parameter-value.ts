import { invalidOption } from "../errors/invalid-option.ts";
import { FlyteDir, FlyteFile, readName } from "./places.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Makes `instanceof` know values of other copies of the package, as that of `FlyteFile`. */
const brand: unique symbol = Symbol.for("appenv.parameter-value") as never;

function isBranded(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === kind;
}

/** What an output of a run can be to an app. */
export type RunOutputType = "string" | "file" | "directory";

/** What a `RunOutput` is read from. */
export interface RunOutputOptions<Type extends RunOutputType = RunOutputType> {
  /** What the output is. */
  readonly type: Type;
  /** Outputs of this run; or else of the newest succeeded run of `taskName`. */
  readonly runName?: string;
  /** `environment.task`. */
  readonly taskName?: string;
  /** Only runs of this version of the task. */
  readonly taskVersion?: string;
  /** Where in the outputs: names or positions, applied one after the other. Default `[0]`, the first output. */
  readonly getter?: readonly (string | number)[];
}

const runOutputNames: OptionNames<RunOutputOptions> = {
  type: true,
  runName: true,
  taskName: true,
  taskVersion: true,
  getter: true,
};

/** An output of a run, looked up when the app is served; its replicas get what it was then. */
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

  /** As that of `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is RunOutput {
    return isBranded(value, "run-output");
  }
}

/** Which artifact an `ArtifactValue` is. */
export interface ArtifactValueOptions<Type extends "file" | "directory" = "file" | "directory"> {
  /** The artifact's name. */
  readonly name: string;
  /** Default: the latest when the app is served. */
  readonly version?: string;
  /** Default: the app's. */
  readonly project?: string;
  /** Default: the app's. */
  readonly domain?: string;
  /** Default: what the artifact is. */
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

  /** As that of `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is ArtifactValue {
    return isBranded(value, "artifact");
  }
}

/** The endpoint of another app, resolved when the replica starts. */
export class AppEndpoint {
  /** The app's name, in the same project and domain. */
  readonly appName: string;
  /** Whether the public URL is wanted. Default false: the one inside the platform. */
  readonly public: boolean;
  constructor(appName: string, options: { readonly public?: boolean } = {}) {
    checkOptions(options, "AppEndpoint", { public: true });
    this.appName = readName("AppEndpoint", appName);
    this.public = options.public ?? false;
    Object.defineProperty(this, brand, { value: "app-endpoint" });
    Object.freeze(this);
  }

  /** As that of `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is AppEndpoint {
    return isBranded(value, "app-endpoint");
  }
}

/** What a parameter can hold. */
export type ParameterValue = string | FlyteFile | FlyteDir | RunOutput | ArtifactValue | AppEndpoint;

/** What a parameter is, in Flyte's words. */
export type ParameterType = "string" | "file" | "directory" | "app_endpoint";

/** Whether a parameter can hold a value. */
export function isParameterValue(value: unknown): value is ParameterValue {
  if (typeof value === "string") return true;
  return [FlyteFile, FlyteDir, RunOutput, ArtifactValue, AppEndpoint].some((type) => value instanceof type);
}

/** What a value will be for the app; undefined if that cannot be told yet. */
export function typeOfValue(value: ParameterValue): ParameterType | undefined {
  if (typeof value === "string") return "string";
  if (value instanceof FlyteFile) return "file";
  if (value instanceof FlyteDir) return "directory";
  return value instanceof AppEndpoint ? "app_endpoint" : value.options.type;
}

/** A value as one of a type, which a text stands for; undefined if it is of another. */
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
  // An endpoint may also be stated as what it is.
  return type === "app_endpoint" && !URL.canParse(text) ? new AppEndpoint(text) : text;
}

import { AppEndpoint } from "../values/parameter-value.ts";
import type { Parameter } from "../values/parameter.ts";
import type { ParameterType } from "../values/parameter-value.ts";
import { FlyteDir, FlyteFile } from "../values/places.ts";

/** JSON: the parameters of an app as its replicas are told of them, a list of `GivenParameter`. */
export const parametersVar = "APPENV_PARAMETERS";

/** A parameter with a value that a replica can make available by itself, in plain values. */
export interface GivenParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** The text, the path or URI, or the name of the app. */
  readonly value: string;
  /** Of an app's endpoint: whether the public one is meant. Default false. */
  readonly public?: boolean;
  readonly envVar?: string;
  /** True if a file or directory is fetched; else the app gets its path or URI. */
  readonly download: boolean;
  readonly mount?: string;
  readonly ignorePatterns?: readonly string[];
}

/** The values that can be given to an app, after look-ups. */
export type GivableValue = string | FlyteFile | FlyteDir | AppEndpoint;

/** A parameter as replicas are told of it. */
export function giveParameter(parameter: Parameter, value: GivableValue): GivenParameter {
  const { name, envVar, download, mount, ignorePatterns } = parameter;
  return {
    name,
    ...plainValue(value),
    download,
    ...(envVar === undefined ? {} : { envVar }),
    ...(mount === undefined ? {} : { mount }),
    ...(ignorePatterns.length === 0 ? {} : { ignorePatterns }),
  };
}

function plainValue(value: GivableValue): Pick<GivenParameter, "type" | "value" | "public"> {
  if (typeof value === "string") return { type: "string", value };
  if (value instanceof AppEndpoint) {
    return { type: "app_endpoint", value: value.appName, ...(value.public ? { public: true } : {}) };
  }
  return { type: value.kind, value: value.path };
}

/** The parameters in `APPENV_PARAMETERS`; those that cannot be read are left out. */
export function readGivenParameters(text: string | undefined): readonly GivenParameter[] {
  if (text === undefined || text === "") return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isGiven) : [];
  } catch {
    return [];
  }
}

const types: ReadonlySet<unknown> = new Set(["string", "file", "directory", "app_endpoint"]);

function isGiven(item: unknown): item is GivenParameter {
  if (typeof item !== "object" || item === null) return false;
  const { name, type, value, envVar, mount, ignorePatterns } = item as Record<string, unknown>;
  const areTexts =
    ignorePatterns === undefined || (Array.isArray(ignorePatterns) && ignorePatterns.every(isTextOrUnset));
  const isNamed = typeof name === "string" && typeof value === "string" && types.has(type);
  return isNamed && areTexts && isTextOrUnset(envVar) && isTextOrUnset(mount);
}

function isTextOrUnset(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

import { AppEnvError } from "@appenv/core";

/** The ways in which a client gets its credentials. The names are Flyte's. */
export type AuthType = "Pkce" | "ClientSecret" | "DeviceFlow" | "ExternalCommand" | "Passthrough";

/** The values of a configuration file, by `section.key`. */
export type ConfigEntries = Readonly<Record<string, unknown>>;

const authTypes: readonly AuthType[] = ["Pkce", "ClientSecret", "DeviceFlow", "ExternalCommand", "Passthrough"];

/** The settings of a file and of env vars, which win; unset ones are undefined. */
export interface Settings {
  readonly endpoint: string | undefined;
  readonly insecure: boolean | undefined;
  readonly insecureSkipVerify: boolean | undefined;
  readonly caCertFilePath: string | undefined;
  readonly authType: AuthType | undefined;
  readonly clientId: string | undefined;
  readonly clientSecretEnvVar: string | undefined;
  readonly clientSecretLocation: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly proxyCommand: readonly string[] | undefined;
  readonly httpProxyUrl: string | undefined;
  readonly imageBuilder: string | undefined;
  readonly imageRegistry: string | undefined;
  readonly project: string | undefined;
  readonly domain: string | undefined;
  readonly org: string | undefined;
  readonly consoleEndpoint: string | undefined;
}

/** Reads and checks every setting. @throws AppEnvError INVALID_CONFIG naming the file or variable, and the key. */
export function readSettings(entries: ConfigEntries, env: NodeJS.ProcessEnv, file: string | undefined): Settings {
  const find = (key: string) => findEntry(key, entries, env, file);
  return {
    endpoint: text(find("admin.endpoint")),
    insecure: flag(find("admin.insecure")),
    insecureSkipVerify: flag(find("admin.insecureSkipVerify")),
    caCertFilePath: text(find("admin.caCertFilePath")),
    authType: authType(find("admin.authType")),
    clientId: text(find("admin.clientId")),
    clientSecretEnvVar: text(find("admin.clientSecretEnvVar")),
    clientSecretLocation: text(find("admin.clientSecretLocation")),
    scopes: list(find("admin.scopes"), /[\s,]+/),
    command: list(find("admin.command"), /\s+/),
    proxyCommand: list(find("admin.proxyCommand"), /\s+/),
    httpProxyUrl: text(find("admin.httpProxyURL")),
    imageBuilder: text(find("image.builder")),
    imageRegistry: text(find("image.registry")),
    project: text(find("task.project")),
    domain: text(find("task.domain")),
    org: text(find("task.org")),
    consoleEndpoint: text(find("console.endpoint")),
  };
}

interface Entry {
  readonly value: unknown;
  /** As it stands in an error. */
  readonly where: string;
}

/** Flyte names the variable after the key in upper case; people also write it with words apart. */
function findEntry(key: string, entries: ConfigEntries, env: NodeJS.ProcessEnv, file: string | undefined): Entry {
  const flat = `FLYTE_${key.replace(".", "_").toUpperCase()}`;
  const apart = `FLYTE_${key
    .replace(".", "_")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase()}`;
  for (const name of [flat, apart]) {
    if (env[name] !== undefined && env[name] !== "") return { value: env[name], where: `The variable ${name}` };
  }
  return { value: entries[key] ?? undefined, where: `${key} in ${file ?? "the configuration"}` };
}

function text({ value, where }: Entry): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw invalid(where, value, "a text");
}

function flag({ value, where }: Entry): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  if (typeof value === "string" && /^(1|true|yes|on)$/i.test(value)) return true;
  if (typeof value === "string" && /^(0|false|no|off)$/i.test(value)) return false;
  throw invalid(where, value, "true or false");
}

function list({ value, where }: Entry, separator: RegExp): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value.split(separator).filter((item) => item !== "");
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw invalid(where, value, "a list of texts");
}

function authType(entry: Entry): AuthType | undefined {
  const value = text(entry);
  const found = authTypes.find((type) => type.toLowerCase() === value?.toLowerCase());
  if (value !== undefined && found === undefined) throw invalid(entry.where, value, `one of ${authTypes.join(", ")}`);
  return found;
}

function invalid(where: string, value: unknown, allowed: string): AppEnvError {
  return new AppEnvError("INVALID_CONFIG", `${where} is ${JSON.stringify(value)}, but must be ${allowed}.`);
}

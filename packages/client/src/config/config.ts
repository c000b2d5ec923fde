import { homedir } from "node:os";
import { definedOnly } from "../defined-only.ts";
import { findConfigFile, readConfigFile } from "./config-file.ts";
import { normalizeEndpoint } from "./endpoint.ts";
import { readSettings, type AuthType, type ConfigEntries } from "./settings.ts";

/** The settings of Flyte's configuration file and env vars, checked. */
export interface ClientConfig {
  /** The file that was read, if there is one. */
  readonly file?: string;
  /** The control plane's URL. Unset: none is configured. */
  readonly endpoint?: string;
  /** No TLS and no credentials. */
  readonly insecure: boolean;
  readonly insecureSkipVerify: boolean;
  readonly caCertFilePath?: string;
  /** Unset: no credentials are sent. */
  readonly authType?: AuthType;
  readonly clientId?: string;
  readonly clientSecretEnvVar?: string;
  readonly clientSecretLocation?: string;
  /** The secret itself, from FLYTE_API_KEY only. */
  readonly clientSecret?: string;
  /** Sent as it is: a FLYTE_API_KEY that is no client id and secret. */
  readonly bearerToken?: string;
  readonly scopes: readonly string[];
  /** Its standard output is the token. */
  readonly command: readonly string[];
  /** Its standard output is the token of a proxy before the control plane. */
  readonly proxyCommand?: readonly string[];
  /** The HTTP proxy of requests for tokens. */
  readonly httpProxyUrl?: string;
  /** The program that builds images: see `findBuilder`. */
  readonly imageBuilder?: string;
  /** The registry that built images are pushed to. */
  readonly imageRegistry?: string;
  readonly project?: string;
  readonly domain?: string;
  readonly org?: string;
  /** The console's URL, if it is not where the API is. */
  readonly consoleEndpoint?: string;
}

/** The places in which the configuration is looked for. */
export interface ConfigSources {
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default the current directory. */
  readonly cwd?: string;
  /** Default the user's home directory. */
  readonly home?: string;
}

/**
 * Reads the configuration Flyte users have: the first file of Flyte's search order, then env vars
 * `FLYTE_<SECTION>_<KEY>`, which win, then FLYTE_API_KEY. Inside a replica the platform's own variables come last.
 *
 * @throws AppEnvError INVALID_CONFIG naming file and key.
 */
export async function loadConfig(sources: ConfigSources = {}): Promise<ClientConfig> {
  const { env = process.env, cwd = process.cwd(), home = homedir() } = sources;
  const file = await findConfigFile(env, cwd, home);
  const entries: ConfigEntries = file === undefined ? {} : await readConfigFile(file);
  const settings = readSettings(entries, env, file);
  // The others are what Flyte gives to containers.
  const key = parseApiKey(env["FLYTE_API_KEY"] ?? env["_UNION_EAGER_API_KEY"] ?? env["EAGER_API_KEY"]);
  const insecure = settings.insecure ?? isTrue(env["_U_INSECURE"]) ?? false;
  const endpoint = settings.endpoint ?? key?.endpoint ?? env["_U_EP_OVERRIDE"];
  return definedOnly({
    ...settings,
    file,
    endpoint: endpoint === undefined ? undefined : normalizeEndpoint(endpoint, insecure),
    insecure,
    insecureSkipVerify: settings.insecureSkipVerify ?? isTrue(env["_U_INSECURE_SKIP_VERIFY"]) ?? false,
    authType: key?.clientSecret === undefined ? settings.authType : "ClientSecret",
    clientId: key?.clientId ?? settings.clientId,
    clientSecret: key?.clientSecret,
    bearerToken: key?.bearerToken,
    project: settings.project ?? env["FLYTE_INTERNAL_EXECUTION_PROJECT"],
    domain: settings.domain ?? env["FLYTE_INTERNAL_EXECUTION_DOMAIN"],
    org: settings.org ?? key?.org,
    scopes: settings.scopes ?? [],
    command: settings.command ?? [],
  });
}

function isTrue(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : /^(1|true|yes|on)$/i.test(text);
}

/** The parts of a FLYTE_API_KEY. */
export interface ApiKeyParts {
  readonly endpoint?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly org?: string;
  /** A key that is no base64 of four parts: it is sent as it is. */
  readonly bearerToken?: string;
}

/** Reads base64 of `endpoint:client_id:client_secret:org`, the form Flyte issues. */
export function parseApiKey(key: string | undefined): ApiKeyParts | undefined {
  if (key === undefined || key === "") return undefined;
  const decoded = Buffer.from(key, "base64").toString("utf8");
  const match = /^((?:[a-z]+:\/{2,3})?[^\s:/]+(?::\d+)?):([^\s:]+):([^\s:]+):(\S*)$/.exec(decoded);
  if (match === null) return { bearerToken: key };
  const [, endpoint = "", clientId = "", clientSecret = "", org = ""] = match;
  return { endpoint, clientId, clientSecret, ...(org === "" || org === "None" ? {} : { org }) };
}

import { AppEnvError, type TargetOptions } from "@appenv/core";
import { ApiKeyService, AppLogsService, AppService, DataProxyService, type AppId } from "@appenv/protocol";
import { createClient, type Client } from "@connectrpc/connect";
import { loadConfig, type ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import { createTransport } from "../transport/transport.ts";
import { platformHome, readRunningPlatform } from "./local-platform.ts";
import { probe } from "./probe.ts";
import { startPlatform } from "./start-platform.ts";

/** How `connect` goes about it. */
export interface ConnectOptions extends TargetOptions {
  /** Whether a platform is started in this process if none is configured and none runs. Default false. */
  readonly start?: boolean;
  /** Told what is happening, for people. */
  readonly onProgress?: (message: string) => void;
}

/** A control plane, and where in it calls go. */
export interface Target {
  /** The API's URL. */
  readonly endpoint: string;
  /** Whether it is AppEnv's embedded platform. */
  readonly embedded: boolean;
  /** Whether that platform runs in this process since this call. */
  readonly startedHere: boolean;
  readonly project: string;
  readonly domain: string;
  readonly apps: Client<typeof AppService>;
  readonly logs: Client<typeof AppLogsService>;
  readonly data: Client<typeof DataProxyService>;
  readonly keys: Client<typeof ApiKeyService>;
  /** An app's page in the console. */
  consolePage(id: AppId): string;
}

/**
 * Finds the control plane: the stated endpoint, else the configured one, else the platform that runs for this
 * directory, else (with `start`) a new one in this process.
 *
 * @throws AppEnvError INVALID_CONFIG, UNREACHABLE if there is none, and what starting a platform throws.
 */
export async function connect(options: ConnectOptions = {}): Promise<Target> {
  const config = await loadConfig();
  const { endpoint, startedHere } = await findEndpoint(options, config);
  // A platform found or started by its state directory has answered already.
  const embedded = startedHere !== undefined || (await isEmbedded(endpoint));
  const transport = createTransport(endpoint, config);
  return {
    endpoint,
    embedded,
    startedHere: startedHere ?? false,
    project: options.project ?? config.project ?? "flytesnacks",
    domain: options.domain ?? config.domain ?? "development",
    apps: createClient(AppService, transport),
    logs: createClient(AppLogsService, transport),
    data: createClient(DataProxyService, transport),
    keys: createClient(ApiKeyService, transport),
    consolePage: (id) => `${consoleUrl(endpoint, config)}/v2/domain/${id.domain}/project/${id.project}/apps/${id.name}`,
  };
}

async function isEmbedded(endpoint: string): Promise<boolean> {
  const { embedded, refused } = await probe(endpoint);
  if (refused !== true) return embedded;
  throw new AppEnvError("UNREACHABLE", `Nothing listens at ${endpoint}.`);
}

interface FoundEndpoint {
  readonly endpoint: string;
  /** Undefined for a stated or configured one. */
  readonly startedHere: boolean | undefined;
}

async function findEndpoint(options: ConnectOptions, config: ClientConfig): Promise<FoundEndpoint> {
  const say = options.onProgress ?? (() => {});
  if (options.endpoint !== undefined && options.local !== true) {
    const endpoint = normalizeEndpoint(options.endpoint, config.insecure);
    say(`Using the control plane at ${endpoint}.`);
    return { endpoint, startedHere: undefined };
  }
  if (config.endpoint !== undefined && options.local !== true) {
    say(`Using the control plane at ${config.endpoint}, from ${config.file ?? "the environment"}.`);
    return { endpoint: config.endpoint, startedHere: undefined };
  }
  return findLocal(options.start ?? false, say);
}

async function findLocal(start: boolean, say: (message: string) => void): Promise<FoundEndpoint> {
  const home = platformHome();
  const running = await readRunningPlatform(home);
  if (running !== undefined) {
    say(`Using the platform at ${running.endpoint}, process ${running.pid}.`);
    return { endpoint: running.endpoint, startedHere: false };
  }
  if (!start) {
    throw new AppEnvError("UNREACHABLE", `No control plane is configured, and no platform runs for ${home}.`);
  }
  say("Starting a platform in this process.");
  const platform = await startPlatform(home);
  return { endpoint: platform.endpoint, startedHere: platform.startedHere };
}

/** The console is where the API is, but for a development server of Flyte on port 8090. */
function consoleUrl(endpoint: string, { consoleEndpoint, insecure }: ClientConfig): string {
  if (consoleEndpoint !== undefined) return normalizeEndpoint(consoleEndpoint, insecure);
  return endpoint.replace(/^(https?:\/\/localhost):8090$/, "$1:8080");
}

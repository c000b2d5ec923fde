import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { controlPlaneOptionNames, type FetchLimits, type OptionNames } from "@appenv/core/internal";
import { ApiKeyService, AppLogsService, AppService, DataProxyService } from "@appenv/protocol";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { loadConfig, type ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import { createDuplexTransport, createTransport } from "../transport/transport.ts";
import { apiToken } from "./api-token.ts";
import { findEndpoint, relocate, type FoundEndpoint } from "./find-endpoint.ts";
import { MovingTransport } from "./moving-transport.ts";
import { findOwnPlatform } from "./own-platform.ts";
import { probe } from "./probe.ts";
import { baseUrlOf, requestAt, type PlainRequest } from "./request-at.ts";

/** How `connect` goes about it. */
export interface ConnectOptions extends ControlPlaneOptions {
  /**
   * Whether a platform is started in this process if none is configured and none runs; with `while-held` it ends when
   * nothing holds it any more. Default false.
   */
  readonly start?: boolean | "while-held";
  /** Told what is happening, for people. */
  readonly onProgress?: (message: string) => void;
}

/** The names of the options of calls that need nothing but a controlPlane. */
export const connectOptionNames: OptionNames<ConnectOptions> = {
  ...controlPlaneOptionNames,
  start: true,
  onProgress: true,
};

/** A page of the console. */
export interface ConsolePage {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
}

/** A control plane, and where in it calls go. */
export interface ControlPlane {
  /** The API's URL. */
  readonly endpoint: string;
  /** Whether it is AppEnv's embedded platform. */
  readonly embedded: boolean;
  /** Whether that platform runs in this process. */
  readonly startedHere: boolean;
  readonly project: string;
  readonly domain: string;
  readonly apps: Client<typeof AppService>;
  readonly logs: Client<typeof AppLogsService>;
  readonly data: Client<typeof DataProxyService>;
  readonly keys: Client<typeof ApiKeyService>;
  /** What other services are called through. */
  readonly transport: Transport;
  /** What streams in both directions go through. Only the embedded platform is known to have any. */
  readonly duplex: Transport;
  /** A request to a path of it that is no call, with this process's token. */
  request(path: string, init?: PlainRequest, limits?: FetchLimits): Promise<Response>;
  /** Its page in the console; of an app if nothing else is said. */
  consolePage(id: ConsolePage, kind?: "apps" | "runs" | "tasks"): string;
  /** After a call has failed: looks where the platform on this machine is now, if that is what is meant. */
  relocate(): Promise<void>;
  /** Keeps a platform of this process up, starting it again if it has ended, until the returned function is called. */
  hold(): Promise<() => void>;
}

/**
 * Finds the control plane: the stated endpoint, else the configured one, else the platform that runs for this
 * directory, else (with `start`) a new one in this process.
 *
 * @throws AppEnvError INVALID_CONFIG, UNREACHABLE if there is none, and what starting a platform throws.
 */
export async function connect(options: ConnectOptions = {}): Promise<ControlPlane> {
  const config = await loadConfig();
  const place: Place = {
    project: options.project ?? config.project ?? "flytesnacks",
    domain: options.domain ?? config.domain ?? "development",
    ...(await findEndpoint(options, config)),
  };
  const key = JSON.stringify([place, config]);
  const known = embeddedPlanes.get(key);
  // It may have moved on meanwhile.
  if (known?.endpoint === place.endpoint) return known;
  // A platform found or started by its state directory has answered already.
  const controlPlane = createControlPlane(
    place,
    config,
    place.home !== undefined || (await isEmbedded(place.endpoint)),
  );
  if (controlPlane.embedded) embeddedPlanes.set(key, controlPlane);
  return controlPlane;
}

type Place = FoundEndpoint & Pick<ControlPlane, "project" | "domain">;

/**
 * All clients of an embedded platform share connections: else each run of a long-lived process would leave one of
 * HTTP/2. One at a stated address is asked once who it is.
 */
const embeddedPlanes: Map<string, ControlPlane> = new Map();

function createControlPlane(place: Place, config: ClientConfig, embedded: boolean): ControlPlane {
  const { endpoint, home, tokenHome, startedHere, project, domain } = place;
  const tokenAt = (at: string): string | undefined => apiToken({ endpoint: at, home: tokenHome });
  const transport = new MovingTransport(endpoint, (at) => createTransport(at, config, tokenAt(at)));
  const duplex = new MovingTransport(endpoint, (at) => createDuplexTransport(at, config, tokenAt(at)));
  const moveTo = (at: string): void => [transport, duplex].forEach((each) => each.moveTo(at));
  return {
    get endpoint() {
      return transport.endpoint;
    },
    embedded,
    startedHere,
    project,
    domain,
    apps: createClient(AppService, transport),
    logs: createClient(AppLogsService, transport),
    data: createClient(DataProxyService, transport),
    keys: createClient(ApiKeyService, transport),
    transport,
    duplex,
    request: (path, init = {}, limits = {}) => {
      const token = tokenAt(transport.endpoint);
      const headers = token === undefined ? init.headers : { ...init.headers, authorization: `Bearer ${token}` };
      return requestAt(transport.endpoint, path, { ...init, ...(headers === undefined ? {} : { headers }) }, limits);
    },
    consolePage: (page, kind = "apps") =>
      `${consoleUrl(transport.endpoint, config)}/v2/domain/${page.domain}/project/${page.project}/${kind}/${page.name}`,
    relocate: async () => {
      const found = home === undefined ? undefined : await relocate(home);
      if (found !== undefined) moveTo(found);
    },
    hold: () => hold(home, moveTo),
  };
}

async function hold(home: string | undefined, moveTo: (endpoint: string) => void): Promise<() => void> {
  const own = home === undefined ? undefined : findOwnPlatform(home);
  if (own === undefined) return () => {};
  const release = own.hold();
  try {
    moveTo((await own.up()).endpoint);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function isEmbedded(endpoint: string): Promise<boolean> {
  const { embedded, refused } = await probe(endpoint);
  if (refused !== true) return embedded;
  throw new AppEnvError("UNREACHABLE", `Nothing listens at ${endpoint}.`);
}

/** The console is where the API is, but for a development server of Flyte on port 8090. */
function consoleUrl(endpoint: string, { consoleEndpoint, insecure }: ClientConfig): string {
  if (consoleEndpoint !== undefined) return normalizeEndpoint(consoleEndpoint, insecure);
  return baseUrlOf(endpoint).replace(/^(https?:\/\/localhost):8090$/, "$1:8080");
}

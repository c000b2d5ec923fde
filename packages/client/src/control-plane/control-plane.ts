import type { FetchLimits } from "@appenv/core/internal";
import { ApiKeyService, AppLogsService, AppService, DataProxyService } from "@appenv/protocol";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import { callLimits } from "../transport/limits.ts";
import { createDuplexTransport, createTransport } from "../transport/transport.ts";
import { apiToken } from "./api-token.ts";
import { readRunningPlatform } from "./local-platform.ts";
import { MovingTransport } from "./moving-transport.ts";
import { findOwnPlatform } from "./own-platform.ts";
import { requestAt, socketOf, type PlainRequest } from "./request-at.ts";

/** A page of the console. */
export interface ConsolePage {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
}

/** A control plane, and the project and domain that calls are about. */
export interface ControlPlane {
  /** The API's URL. */
  readonly endpoint: string;
  /** True if it is AppEnv's embedded platform. */
  readonly embedded: boolean;
  /** True if that platform runs in this process. */
  readonly startedHere: boolean;
  readonly project: string;
  readonly domain: string;
  readonly apps: Client<typeof AppService>;
  readonly logs: Client<typeof AppLogsService>;
  readonly data: Client<typeof DataProxyService>;
  readonly keys: Client<typeof ApiKeyService>;
  /** The transport of calls of other services. */
  readonly transport: Transport;
  /** The transport of streams in both directions. Only the embedded platform is known to have any. */
  readonly duplex: Transport;
  /** Makes a plain request to one of its paths, with this process's token. */
  request(path: string, init?: PlainRequest, limits?: FetchLimits): Promise<Response>;
  /** The URL of a page in the console; empty for a platform that listens on its Unix socket alone. */
  consolePage(id: ConsolePage, kind?: "apps" | "runs" | "tasks"): string;
  /** After a call has failed: finds out where this machine's platform is now. Without effect on another control plane. */
  relocate(): Promise<void>;
  /** Keeps a platform of this process up until the returned function is called; starts it again if it has ended. */
  hold(): Promise<() => void>;
}

/** An endpoint, and how it was found. */
export interface FoundEndpoint {
  readonly endpoint: string;
  /** The state directory of the platform on this machine; undefined for a stated or configured control plane. */
  readonly home: string | undefined;
  /** The state directory whose token is sent there: also to a stated endpoint, if this directory's platform answers at it. */
  readonly tokenHome?: string | undefined;
  /** True if a platform was started in this process for it. */
  readonly startedHere: boolean;
}

/** A found endpoint, and the project and domain that calls are about. */
export type Place = FoundEndpoint & Pick<ControlPlane, "project" | "domain">;

/** The client of a control plane. */
export function createControlPlane(place: Place, config: ClientConfig, embedded: boolean): ControlPlane {
  const { endpoint, home, tokenHome, startedHere, project, domain } = place;
  const tokenAt = (at: string): string | undefined => apiToken({ endpoint: at, home: tokenHome });
  const transport = new MovingTransport(endpoint, (at) =>
    createTransport(at, config, tokenAt(at), callLimits(embedded)),
  );
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
    consolePage: ({ project: ofProject, domain: ofDomain, name }, kind = "apps") => {
      const console = consoleUrl(transport.endpoint, config);
      return console && `${console}/v2/domain/${ofDomain}/project/${ofProject}/${kind}/${name}`;
    },
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

/** The endpoint of a state directory's platform now; undefined if none answers. */
async function relocate(home: string): Promise<string | undefined> {
  const own = findOwnPlatform(home);
  if (own?.isUp === true) return (await own.up()).endpoint;
  const running = await readRunningPlatform(home).catch(() => undefined);
  return running?.endpoint;
}

/** The console is where the API is, but for a development server of Flyte on port 8090. No browser opens a socket. */
function consoleUrl(endpoint: string, { consoleEndpoint, insecure }: ClientConfig): string {
  if (consoleEndpoint !== undefined) return normalizeEndpoint(consoleEndpoint, insecure);
  if (socketOf(endpoint) !== undefined) return "";
  return endpoint.replace(/^(https?:\/\/localhost):8090$/, "$1:8080");
}

import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { controlPlaneOptionNames, type OptionNames } from "@appenv/core/internal";
import { loadConfig, type ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import { createControlPlane, type ControlPlane, type FoundEndpoint, type Place } from "./control-plane.ts";
import { homeServing, platformHome, readRunningPlatform } from "./local-platform.ts";
import { findOwnPlatform, ownPlatform } from "./own-platform.ts";
import { probe } from "./probe.ts";

/** Options of finding the control plane. */
export interface ConnectOptions extends ControlPlaneOptions {
  /**
   * Starts a platform in this process if none is configured and none runs; with `while-held` it ends when nothing holds it
   * any more. Default false.
   */
  readonly start?: boolean | "while-held";
  /** Called with what is being done, for people. */
  readonly onProgress?: (message: string) => void;
}

/** The names of the options of calls that take no others. */
export const connectOptionNames: OptionNames<ConnectOptions> = {
  ...controlPlaneOptionNames,
  start: true,
  onProgress: true,
};

/**
 * One client of each embedded platform, so that all share its connections: else each run of a long-lived process would
 * leave one of HTTP/2. A platform at a stated endpoint is probed once.
 */
const embeddedPlanes: Map<string, ControlPlane> = new Map();

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
  // It may be elsewhere now.
  if (known?.endpoint === place.endpoint) return known;
  // A platform that was found or started by its state directory has answered already.
  const answered = (place.home ?? place.tokenHome) !== undefined;
  const controlPlane = createControlPlane(place, config, answered || (await isEmbedded(place.endpoint)));
  if (controlPlane.embedded) embeddedPlanes.set(key, controlPlane);
  return controlPlane;
}

async function isEmbedded(endpoint: string): Promise<boolean> {
  const { embedded, refused } = await probe(endpoint);
  if (refused !== true) return embedded;
  throw new AppEnvError("UNREACHABLE", `Nothing listens at ${endpoint}.`);
}

async function findEndpoint(options: ConnectOptions, config: ClientConfig): Promise<FoundEndpoint> {
  const say = options.onProgress ?? (() => {});
  if (options.endpoint !== undefined && options.local !== true) {
    const endpoint = normalizeEndpoint(options.endpoint, config.insecure);
    say(`Using the control plane at ${endpoint}.`);
    return { endpoint, home: undefined, tokenHome: await homeServing(endpoint), startedHere: false };
  }
  if (config.endpoint !== undefined && options.local !== true) {
    say(`Using the control plane at ${config.endpoint}, from ${config.file ?? "the environment"}.`);
    const { endpoint } = config;
    return { endpoint, home: undefined, tokenHome: await homeServing(endpoint), startedHere: false };
  }
  return findLocal(options.start ?? false, say);
}

async function findLocal(start: boolean | "while-held", say: (message: string) => void): Promise<FoundEndpoint> {
  const home = platformHome();
  const own = findOwnPlatform(home);
  const running = own?.isUp === true ? undefined : await readRunningPlatform(home);
  if (running !== undefined) {
    say(`Using the platform at ${running.endpoint}, process ${running.pid}.`);
    return { endpoint: running.endpoint, home, tokenHome: home, startedHere: false };
  }
  if (start === false && own === undefined) {
    throw new AppEnvError("UNREACHABLE", `No control plane is configured, and no platform runs for ${home}.`);
  }
  if (own?.isUp !== true) say("Starting a platform in this process.");
  const platform = ownPlatform(home);
  if (start === true) platform.keep();
  return { home, tokenHome: home, ...(await platform.up()) };
}

import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import type { ConnectOptions } from "./connect.ts";
import { homeServing, platformHome, readRunningPlatform } from "./local-platform.ts";
import { findOwnPlatform, ownPlatform } from "./own-platform.ts";

/** Where the control plane is. */
export interface FoundEndpoint {
  readonly endpoint: string;
  /** The state directory of the platform on this machine; undefined for a stated or configured control plane. */
  readonly home: string | undefined;
  /** The state directory whose token is for it: also of a stated endpoint, if this directory's platform answers there. */
  readonly tokenHome?: string | undefined;
  /** Whether it runs in this process. */
  readonly startedHere: boolean;
}

/** See `connect`. */
export async function findEndpoint(options: ConnectOptions, config: ClientConfig): Promise<FoundEndpoint> {
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

/** Where the platform of a state directory is now; undefined if none answers. */
export async function relocate(home: string): Promise<string | undefined> {
  const own = findOwnPlatform(home);
  if (own?.isUp === true) return (await own.up()).endpoint;
  return (await readRunningPlatform(home))?.endpoint;
}

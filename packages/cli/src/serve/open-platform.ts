import type { TargetOptions } from "@appenv/core";
import { AppEnvError } from "@appenv/core";
import type { Platform, PlatformOptions } from "@appenv/local";

/** Where an app is to be served. */
export interface PlatformFlags {
  readonly endpoint?: string;
  readonly local?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** The control plane `serve` uses. */
export interface OpenedPlatform {
  /** How the client finds it. */
  readonly target: TargetOptions;
  /** The platform, if this process started it and so has to end it. */
  readonly own?: Platform;
}

/**
 * Finds the control plane: a stated or configured one, else the platform that runs on this machine, else a new one in
 * this process.
 *
 * @throws AppEnvError INVALID_CONFIG, PORT_IN_USE, STATE_CORRUPTED, and what else starting a platform throws.
 */
export async function openPlatform(flags: PlatformFlags, say: (text: string) => void): Promise<OpenedPlatform> {
  const { loadConfig, platformHome, readRunningPlatform } = await import("@appenv/client");
  if (flags.local !== true) {
    if (flags.endpoint !== undefined) return { target: { endpoint: flags.endpoint } };
    if ((await loadConfig()).endpoint !== undefined) return { target: {} };
  }
  const home = platformHome();
  if ((await readRunningPlatform(home)) !== undefined) return { target: { local: true } };
  say("Starting the platform ...");
  try {
    return { target: { local: true }, own: await start(home, flags) };
  } catch (error) {
    // Another process started it at the same moment.
    if (!AppEnvError.is(error, "PLATFORM_RUNNING") || (await readRunningPlatform(home)) === undefined) throw error;
    return { target: { local: true } };
  }
}

async function start(home: string, { port, host }: PlatformFlags): Promise<Platform> {
  const { startPlatform } = await import("@appenv/local");
  const options: PlatformOptions = {
    home,
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
  };
  return startPlatform(options);
}

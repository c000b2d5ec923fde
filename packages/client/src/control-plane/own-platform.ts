import { AppEnvError } from "@appenv/core";
import { importTool } from "@appenv/core/internal";
import { readRunningPlatform } from "./local-platform.ts";

/**
 * Time that a platform stays up after the last hold, in milliseconds: two calls in a row hold it one after the other.
 */
const lingerMs = 200;

/** The platforms that this process started, by their state directories; also those that were closed again. */
const platforms = new Map<string, OwnPlatform>();

/** A platform of this process. Unless it is kept, it ends when nobody holds it, and is started again when it is needed. */
export class OwnPlatform {
  readonly #home: string;
  readonly #startPlatform: typeof startPlatform;
  #ready: Promise<ReadyPlatform> | undefined;
  #closing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #holders = 0;
  #kept = false;

  constructor(home: string, start: typeof startPlatform = startPlatform) {
    this.#home = home;
    this.#startPlatform = start;
  }

  /** True if it is up, or is being started. */
  get isUp(): boolean {
    return this.#ready !== undefined;
  }

  /**
   * Starts it unless it is up, and resolves when it answers. Another process may start one at the same moment.
   *
   * @throws AppEnvError as `startPlatform`.
   */
  async up(): Promise<ReadyPlatform> {
    const starting = (this.#ready ??= this.#start());
    const ready = await starting.catch(() => undefined);
    if (ready?.startedHere !== true && this.#ready === starting) this.#ready = undefined;
    this.#endLater();
    return starting;
  }

  /** Keeps it up until the process ends. */
  keep(): void {
    this.#kept = true;
    clearTimeout(this.#timer);
  }

  /** Keeps it up until the returned function is called. */
  hold(): () => void {
    clearTimeout(this.#timer);
    this.#holders += 1;
    let held = true;
    return () => {
      if (held) this.#holders -= 1;
      held = false;
      this.#endLater();
    };
  }

  async #start(): Promise<ReadyPlatform> {
    await this.#closing;
    return this.#startPlatform(this.#home);
  }

  #endLater(): void {
    clearTimeout(this.#timer);
    if (!this.#kept && this.#holders === 0) this.#timer = setTimeout(() => this.#end(), lingerMs);
  }

  #end(): void {
    const ready = this.#ready;
    this.#ready = undefined;
    if (ready !== undefined) this.#closing = ready.then((platform) => platform.close()).catch(() => {});
  }
}

/** The platform that this process started for a state directory, if it ever did. */
export function findOwnPlatform(home: string): OwnPlatform | undefined {
  return platforms.get(home);
}

/** The platform of this process for a state directory, not started yet if it is new. */
export function ownPlatform(home: string): OwnPlatform {
  const platform = platforms.get(home) ?? new OwnPlatform(home);
  platforms.set(home, platform);
  return platform;
}

/** The part of `@appenv/platform` that the client needs. */
export interface LocalModule {
  startPlatform(options: { readonly home?: string; readonly port?: number }): Promise<StartedPlatform>;
}

/** A platform in this process. */
export interface StartedPlatform {
  readonly endpoint: string;
  readonly home: string;
  close(): Promise<void>;
}

/** A platform of this process, or one that another process started at the same moment. */
export interface ReadyPlatform {
  readonly endpoint: string;
  readonly startedHere: boolean;
  /** Drains and ends it, if it was started here. */
  close(): Promise<void>;
}

/** Starts a platform in this process, on port 7070 or else on any. It ends with the process: SIGINT or SIGTERM drains it and exits with 0. */
export async function startPlatform(
  home: string,
  load: () => Promise<LocalModule> = () => importTool<LocalModule>("@appenv/platform"),
): Promise<ReadyPlatform> {
  const { startPlatform: start } = await load();
  try {
    const platform = await start({ home }).catch((error: unknown) => {
      // Clients find it by its directory.
      if (AppEnvError.is(error, "PORT_IN_USE")) return start({ home, port: 0 });
      throw error;
    });
    const forget = closeOnSignals(platform);
    const close = async (): Promise<void> => {
      await platform.close();
      forget();
    };
    return { endpoint: platform.endpoint, startedHere: true, close };
  } catch (error) {
    const other = AppEnvError.is(error, "PLATFORM_RUNNING") ? await readRunningPlatform(home) : undefined;
    if (other === undefined) throw error;
    return { endpoint: other.endpoint, startedHere: false, close: () => Promise.resolve() };
  }
}

/** Drains the platform on SIGINT and SIGTERM, and ends the process. The returned function removes the listeners. */
function closeOnSignals(platform: StartedPlatform): () => void {
  let closing = false;
  const close = (): void => {
    // A second signal means: now.
    if (closing) process.exit(1);
    closing = true;
    platform.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
  return () => {
    process.off("SIGINT", close);
    process.off("SIGTERM", close);
  };
}

import { startPlatform, type ReadyPlatform } from "./start-platform.ts";

/** What holds a platform up lets go of it for a moment between two calls; in milliseconds. */
const lingerMs = 200;

/** The platforms that this process started, by their state directories; also those that were closed again. */
const platforms = new Map<string, OwnPlatform>();

/** A platform of this process. It ends when nobody holds it any more, unless it is kept, and is started again when needed. */
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

  /** Whether it is there, or is being started. */
  get isUp(): boolean {
    return this.#ready !== undefined;
  }

  /**
   * Resolves when it answers: it is started if it is not there. Another process may start one at the same moment.
   *
   * @throws AppEnvError what starting a platform throws.
   */
  async up(): Promise<ReadyPlatform> {
    const starting = (this.#ready ??= this.#start());
    const ready = await starting.catch(() => undefined);
    if (ready?.startedHere !== true && this.#ready === starting) this.#ready = undefined;
    this.#endLater();
    return starting;
  }

  /** It stays until the process ends. */
  keep(): void {
    this.#kept = true;
    clearTimeout(this.#timer);
  }

  /** It stays until the returned function was called. */
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

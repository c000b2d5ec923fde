import { AppEnvError } from "@appenv/core";
import { importTool } from "@appenv/core/internal";
import { readRunningPlatform } from "./local-platform.ts";

/** What the client needs of `@appenv/platform`. */
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

/** The returned function takes the listeners away. */
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

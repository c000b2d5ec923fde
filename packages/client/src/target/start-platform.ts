import { AppEnvError, importTool } from "@appenv/core";
import { readRunningPlatform } from "./local-platform.ts";

/** What the client needs of `@appenv/local`. */
export interface LocalModule {
  startPlatform(options: { readonly home?: string }): Promise<StartedPlatform>;
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
}

/** Starts a platform in this process. It ends with the process: SIGINT or SIGTERM drains it and exits with 0. */
export async function startPlatform(
  home: string,
  load: () => Promise<LocalModule> = () => importTool<LocalModule>("@appenv/local"),
): Promise<ReadyPlatform> {
  const { startPlatform: start } = await load();
  try {
    const platform = await start({ home });
    closeOnSignals(platform);
    return { endpoint: platform.endpoint, startedHere: true };
  } catch (error) {
    const other = AppEnvError.is(error, "PLATFORM_RUNNING") ? await readRunningPlatform(home) : undefined;
    if (other === undefined) throw error;
    return { endpoint: other.endpoint, startedHere: false };
  }
}

function closeOnSignals(platform: StartedPlatform): void {
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
}

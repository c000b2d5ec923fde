import type { AppEnvironment } from "@appenv/core";

/** The environment of a file. */
export interface LoadedApp {
  readonly environment: AppEnvironment;
  /** Every source file it was made of. */
  readonly files: readonly string[];
}

/** Loads a file and picks its environment. @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT. */
export async function loadApp(file: string, name: string | undefined): Promise<LoadedApp> {
  throw new Error(`${file} ${name}`);
}

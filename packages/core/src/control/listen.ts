import type { Environment } from "../environment/environment.ts";
import type { ParameterOverrides } from "../parameters/override.ts";
import { importTool } from "./import-tool.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Options of `env.listen()`. */
export interface ListenOptions {
  /** Default: the environment's port. 0 takes any free one. */
  readonly port?: number;
  /** The address to bind. Default `"0.0.0.0"` if the env var `APPENV_HOST` says nothing else, as a container needs. */
  readonly host?: string;
  /** API keys that are accepted when the environment requires auth. Default: those in `APPENV_API_KEYS`, separated by commas. */
  readonly apiKeys?: readonly string[];
  /** Values of parameters, by name; these win over the declared ones. */
  readonly parameters?: ParameterOverrides;
  /** Drains the app and ends the process on SIGTERM and SIGINT. Default true. */
  readonly handleSignals?: boolean;
}

const names: OptionNames<ListenOptions> = {
  port: true,
  host: true,
  apiKeys: true,
  parameters: true,
  handleSignals: true,
};

/** A served environment in this process. */
export interface Listening extends AsyncDisposable {
  /** The URL at which it answers, for example `http://localhost:8080`. */
  readonly endpoint: string;
  /** The port it listens on. */
  readonly port: number;
  /** Drains and closes: running requests finish, sockets are told to reconnect, hooks run. Resolves when all is done. */
  close(): Promise<void>;
}

/** The exports of `@appenv/runtime` that core calls. */
export interface RuntimeModule {
  listen(environment: Environment, options: ListenOptions): Promise<Listening>;
}

/** See `AppEnvironment.listen`. */
export async function listen(environment: Environment, options: ListenOptions): Promise<Listening> {
  checkOptions(options, `listen of '${environment.name}'`, names);
  const runtime = await importTool<RuntimeModule>("@appenv/runtime");
  return runtime.listen(environment, options);
}

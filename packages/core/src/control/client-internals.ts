import type { RunOutput } from "../values/parameter-value.ts";
import type { FlyteDir, FlyteFile } from "../values/places.ts";

/** The way to an app of a control plane. */
export interface AppAddress {
  /** Its endpoint; empty if the control plane does not say. */
  readonly endpoint: string;
  /** The authorization of calls; undefined if none is known. */
  readonly token: () => Promise<string | undefined>;
}

/** The part of `@appenv/client/internal` that core and the runtime need. */
export interface ClientInternals {
  /** The way to an app, by its name on the control plane. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  locate(name: string): Promise<AppAddress>;
  /** The value of a parameter that is an output of a run. @throws AppEnvError PARAMETER_FAILED, UNREACHABLE. */
  readRunOutput(output: RunOutput): Promise<string | FlyteFile | FlyteDir>;
  /** Interceptors of Connect that send the credentials that this process has for a control plane; none if it has none. */
  credentialsFor(endpoint: string): Promise<readonly unknown[]>;
}

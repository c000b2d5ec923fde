import type { OptionNames } from "../errors/known-options.ts";

/** The control plane that a call goes to. Everything unset comes from Flyte's env vars and configuration file, then the defaults. */
export interface ControlPlaneOptions {
  /** The control plane's URL. Default: the configured one, else the platform on this machine, started if need be. */
  readonly endpoint?: string;
  /** Uses the platform on this machine, whatever is configured. Default false. */
  readonly local?: boolean;
  /** Default `flytesnacks`. */
  readonly project?: string;
  /** Default `development`. */
  readonly domain?: string;
}

/** The names of the options that choose a control plane. */
export const controlPlaneOptionNames: OptionNames<ControlPlaneOptions> = {
  endpoint: true,
  local: true,
  project: true,
  domain: true,
};

/** Progress of one environment of a plan. */
export interface ProgressAbout {
  /** Its name on the control plane. */
  readonly name: string;
  /** `waiting`: for what it depends on. `left-out`: something it depends on failed. */
  readonly state: "waiting" | "starting" | "up" | "failed" | "left-out";
}

import type { Duration } from "@appenv/core";

/** The options that say who can reach a platform that is started. */
export interface BindingFlags {
  readonly host?: string;
  readonly tcp?: boolean;
  readonly behindProxy?: boolean;
  readonly requireToken?: boolean;
  readonly keepRuns?: Duration;
}

/** The help of `--no-tcp`. */
export const noTcpHelp = "the platform's API listens only on its Unix socket, which only this user can open";

/** The help of `--behind-proxy`. */
export const behindProxyHelp =
  "a proxy on this machine forwards requests, so the platform's API needs a token or a key for all of them";

/** The help of `--require-token`. */
export const requireTokenHelp =
  "the platform's API needs a token or a key from this user's programs too; appenv sends its own";

/** The help of `--keep-runs`. */
export const keepRunsHelp =
  "how long after its end a run is kept whose task says nothing, as 12h or 30d (default: APPENV_KEEP_RUNS, else for ever)";

/** The options as the platform takes them. */
export function bindingOf({ host, tcp, behindProxy, requireToken, keepRuns }: BindingFlags): BindingFlags {
  return {
    ...(host === undefined ? {} : { host }),
    ...(tcp === false ? { tcp } : {}),
    ...(behindProxy === true ? { behindProxy } : {}),
    ...(requireToken === true ? { requireToken } : {}),
    ...(keepRuns === undefined ? {} : { keepRuns }),
  };
}

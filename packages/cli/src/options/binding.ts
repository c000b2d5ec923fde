/** The options that say who reaches a platform which is started. */
export interface BindingFlags {
  readonly host?: string;
  readonly tcp?: boolean;
  readonly behindProxy?: boolean;
  readonly requireToken?: boolean;
}

/** The help of `--no-tcp`. */
export const noTcpHelp = "let the platform's API listen on its Unix socket alone, which only this user can open";

/** The help of `--behind-proxy`. */
export const behindProxyHelp =
  "a proxy of this machine passes requests on: the platform's API needs a token or a key for all of them";

/** The help of `--require-token`. */
export const requireTokenHelp =
  "the platform's API needs a token or a key also of this user's programs; appenv sends it by itself";

/** The options as the platform takes them. */
export function bindingOf({ host, tcp, behindProxy, requireToken }: BindingFlags): BindingFlags {
  return {
    ...(host === undefined ? {} : { host }),
    ...(tcp === false ? { tcp } : {}),
    ...(behindProxy === true ? { behindProxy } : {}),
    ...(requireToken === true ? { requireToken } : {}),
  };
}

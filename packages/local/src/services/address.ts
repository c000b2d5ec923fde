import { isIP } from "node:net";

/** Whether an address or host name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(name);
}

/** The URL that reaches a server bound to `host`. A server bound to every address is reached as `localhost`. */
export function endpointOf(host: string, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::" || host === "";
  if (everywhere || isLoopback(host)) return `http://localhost:${port}`;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The host name in a `Host` header or an authority, without the port; undefined if it is none. */
export function hostName(authority: string | undefined): string | undefined {
  if (authority === undefined || /[/?#@\\\s]/.test(authority)) return undefined;
  try {
    return new URL(`http://${authority}`).hostname;
  } catch {
    return undefined;
  }
}

import { isIP, isIPv6 } from "node:net";

/** Tells whether an address or host name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = canonical(host);
  return name === "localhost" || name === "::1" || /^(127\.\d+\.\d+\.\d+|::ffff:7f[0-9a-f]{2}:[0-9a-f]+)$/.test(name);
}

/** An IPv6 address can be written in many ways; a URL has one. */
function canonical(host: string): string {
  const [name = ""] = host
    .replace(/^\[|\]$/g, "")
    .toLowerCase()
    .split("%", 1);
  return isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
}

/** The URL that reaches a server bound to `host`. A server bound to every address is reached as `localhost`. */
export function endpointOf(host: string, port: number): string {
  const everywhere = ["0.0.0.0", "::", ""].includes(canonical(host));
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

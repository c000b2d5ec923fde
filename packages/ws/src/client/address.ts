import { fillPath } from "../router/path.ts";

/** The parts of an address. */
export interface AddressOptions {
  /** The app's endpoint: `http`, `https`, `ws` or `wss`. In a browser the default is the page's own address. */
  readonly url?: string | URL | undefined;
  /** The values of the path's parameters. */
  readonly params?: unknown;
  /** A text or a list of texts for each name. */
  readonly query?: unknown;
}

/** The address of a socket. @throws TypeError if a parameter is missing or there is no URL. */
export function addressOf(path: string, { url, params, query }: AddressOptions): string {
  const base = url ?? (globalThis as { location?: { href: string } }).location?.href;
  if (base === undefined)
    throw new TypeError("connect needs the option `url`, since there is no page to take it from.");
  const address = new URL(base);
  // A URL may end in a path of its own, below which the app answers; a page's own address names the page.
  const prefix = url === undefined ? "" : address.pathname.replace(/\/$/, "");
  address.protocol = address.protocol.replace("http", "ws");
  address.pathname = prefix + fillPath(path, (params ?? {}) as Record<string, unknown>);
  address.search = "";
  address.hash = "";
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    for (const item of [value].flat()) if (item !== undefined) address.searchParams.append(name, String(item));
  }
  return address.href;
}

import { go, url } from "./location.ts";

/** A filter in the URL; empty if it is not there. */
export function readQuery(name: string): string {
  return url.value.searchParams.get(name) ?? "";
}

/** Sets filters in the URL, so that it can be kept and sent; an empty one goes. */
export function setQuery(values: Readonly<Record<string, string>>): void {
  const next = new URL(url.value);
  for (const [name, value] of Object.entries(values)) {
    if (value === "") next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(next.href, { replace: true });
}

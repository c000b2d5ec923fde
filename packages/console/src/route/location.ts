import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { readRoute, type Route } from "./route.ts";

/** The URL of the page. */
export const url: Signal<URL> = signal(new URL(window.location.href));

/** The page that the URL means. */
export const route: ReadonlySignal<Route> = computed(() => readRoute(url.value.pathname));

/** The path without its filters: when it changes, it is another page. */
export const path: ReadonlySignal<string> = computed(() => url.value.pathname);

/** Goes to another page. `replace`: without a step in the browser's history, for filters. */
export function go(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const next = new URL(href, window.location.href);
  if (next.href === url.value.href) return;
  window.history[replace ? "replaceState" : "pushState"](undefined, "", next);
  const moved = next.pathname !== url.value.pathname;
  url.value = next;
  if (moved && !replace) window.scrollTo(0, 0);
}

/** Keeps `url` the browser's, and follows links without loading the page anew. */
export function followLinks(): void {
  window.addEventListener("popstate", () => (url.value = new URL(window.location.href)));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.origin !== window.location.origin) return;
    if (link.hasAttribute("download") || readRoute(link.pathname).page === "nothing") return;
    event.preventDefault();
    go(link.href);
  });
}

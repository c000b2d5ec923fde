import { effect } from "@preact/signals";
import { route, url } from "./location.ts";

const key = "appenv-runs";

/** Keeps the filters of the list of runs that was seen last in this tab, for the way from one run to the next. */
export function rememberList(): void {
  effect(() => {
    if (route.value.page === "runs") sessionStorage.setItem(key, url.value.search);
  });
}

/** The filters of that list; none before one was seen. */
export function lastList(): URLSearchParams {
  return new URLSearchParams(sessionStorage.getItem(key) ?? "");
}

import { signal, type Signal } from "@preact/signals";

/** A page that nobody sees gives its streams back after this long, in milliseconds. */
const graceMs = 5_000;

/**
 * True while somebody can see the page. A browser opens six connections to the platform for all of its tabs, so hidden
 * tabs must not hold any.
 */
export const visible: Signal<boolean> = signal(true);

let timer: ReturnType<typeof setTimeout> | undefined;

function look(): void {
  clearTimeout(timer);
  if (document.visibilityState === "visible") visible.value = true;
  else timer = setTimeout(() => (visible.value = false), graceMs);
}

document.addEventListener("visibilitychange", look);
look();

import { signal, type Signal } from "@preact/signals";
import { visible } from "./visibility.ts";

/** The time now, to the second, in milliseconds since 1970. It stands still while nobody sees the page. */
export const now: Signal<number> = signal(Date.now());

setInterval(() => {
  if (visible.value) now.value = Date.now();
}, 1_000);

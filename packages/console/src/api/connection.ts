import { signal, type Signal } from "@preact/signals";

/** True while the platform cannot be reached. */
export const gone: Signal<boolean> = signal(false);

/** Counts the returns of the platform: all that was read before is read again when it changes. */
export const returns: Signal<number> = signal(0);

/** Notes that the platform answered. */
export function answered(): void {
  if (!gone.value) return;
  gone.value = false;
  returned();
}

/** Has all read again that was read before. */
export function returned(): void {
  returns.value += 1;
}

/** Notes that the platform did not answer. */
export function unanswered(): void {
  gone.value = true;
}

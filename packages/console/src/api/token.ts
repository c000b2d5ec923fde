import { signal, type Signal } from "@preact/signals";

const key = "appenv-token";

/** The token that calls are made with; empty: none. It is kept for this tab alone, until the tab is closed. */
export const token: Signal<string> = signal(sessionStorage.getItem(key) ?? "");

/** True once the platform has refused a call because it has no valid token. */
export const tokenNeeded: Signal<boolean> = signal(false);

/** Makes calls with a token from now on. */
export function giveToken(text: string): void {
  sessionStorage.setItem(key, text);
  token.value = text;
  tokenNeeded.value = false;
}

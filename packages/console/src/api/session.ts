import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { returned } from "./connection.ts";

/** The person whose calls these are. */
export interface Person {
  readonly name: string;
  /** A viewer changes nothing. */
  readonly role: string;
  /** `local`: this machine's own user, who needs no key; `session`: somebody who signed in. */
  readonly method: string;
}

const path = "/appenv/session";

/** True once the platform has refused a call because nobody has signed in. */
export const signedOut: Signal<boolean> = signal(false);

/** The person who has signed in; undefined until it is known. */
export const person: Signal<Person | undefined> = signal(undefined);

/** Tells whether the reader may change something; the platform refuses it in any case. */
export const mayChange: ReadonlySignal<boolean> = computed(() => (person.value?.role ?? "admin") === "admin");

/** The reason why not. */
export const viewerReason = "A viewer's key reads and changes nothing.";

/** Asks whose calls these are. */
export async function askPerson(): Promise<void> {
  const response = await fetch(path, { cache: "no-store" }).catch(() => undefined);
  if (response?.status === 401) signedOut.value = true;
  person.value = response?.ok === true ? ((await response.json()) as Person) : undefined;
}

/** Signs in with a key: the browser keeps a cookie that no script can read. @returns why not, if not. */
export async function signIn(key: string): Promise<string | undefined> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify({ key }) }).catch(() => undefined);
  if (response === undefined) return "The platform does not answer.";
  const answer = (await response.json().catch(() => ({}))) as Person & { readonly message?: string };
  if (!response.ok) return answer.message ?? `The platform answered with status ${response.status}.`;
  person.value = answer;
  signedOut.value = false;
  returned();
  return undefined;
}

/** Ends the session, in this tab and all others of this browser. */
export async function signOut(): Promise<void> {
  await fetch(path, { method: "DELETE" });
  // Loads the page anew, so that nothing that was shown is kept.
  window.location.assign("/");
}

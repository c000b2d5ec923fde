import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { readFailure } from "../api/failure.ts";
import { Text } from "./text.tsx";

interface Told {
  readonly text: string;
  readonly bad: boolean;
}

const told = signal<Told | undefined>(undefined);
const shownMs = 6_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something in passing, also to screen readers. */
export function say(text: string, bad = false): void {
  told.value = { text, bad };
  clearTimeout(timer);
  timer = setTimeout(() => (told.value = undefined), shownMs);
}

/** Does something that may fail, and says how it went. @returns whether it went well. */
export async function attempt(doIt: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await doIt();
    if (done !== "") say(done);
    return true;
  } catch (error) {
    const { message, fix } = readFailure(error);
    say(fix === "" ? message : `${message} ${fix}`, true);
    return false;
  }
}

/** The place where it is said. */
export function Toasts(): JSX.Element {
  const { value } = told;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {value === undefined ? null : (
        <p class={value.bad ? "toast bad" : "toast"}>
          <Text of={value.text} />
        </p>
      )}
    </div>
  );
}

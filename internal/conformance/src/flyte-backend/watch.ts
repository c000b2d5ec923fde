import { once } from "node:events";
import type { ActionState, State } from "./state.ts";

/**
 * Yields a value now, and again whenever an action of interest has changed, until the stream is aborted.
 *
 * @param read - The value; undefined to say nothing this time. @param last - True for the value that ends the stream.
 */
export async function* watch<T>(
  state: State,
  signal: AbortSignal,
  concerns: (action: ActionState) => boolean,
  read: () => T | undefined,
  last: (value: T) => boolean = () => false,
): AsyncGenerator<T> {
  let isDirty = true;
  const note = (action: ActionState): void => void (isDirty ||= concerns(action));
  state.on("changed", note);
  try {
    while (!signal.aborted) {
      if (isDirty) {
        isDirty = false;
        const value = read();
        if (value !== undefined) {
          yield value;
          if (last(value)) return;
        }
        continue;
      }
      await once(state, "changed", { signal }).catch(() => {});
    }
  } finally {
    state.off("changed", note);
  }
}

import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { returns } from "../api/connection.ts";
import { isDisconnect, readFailure, type Failure } from "../api/failure.ts";

/** Something that was asked for. */
export interface Asked<T> {
  /** Undefined until it is there. An older value stays while a newer one is on its way. */
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
}

/**
 * Asks for something while a component is shown, and again when the platform has come back.
 *
 * @param key - Another key asks again: all that `ask` depends on.
 */
export function useData<T>(ask: (signal: AbortSignal) => Promise<T>, key: string): Asked<T> {
  const state: Signal<Asked<T> & { readonly key: string }> = useSignal({
    value: undefined,
    failure: undefined,
    key: "",
  });
  const { value: again } = returns;
  useEffect(() => {
    const stop = new AbortController();
    ask(stop.signal).then(
      (value) => stop.signal.aborted || (state.value = { value, failure: undefined, key }),
      (error: unknown) => {
        // The page says so by itself when the platform is gone; it asks again when it is back.
        if (stop.signal.aborted || isDisconnect(error)) return;
        state.value = { value: state.value.value, failure: readFailure(error), key };
      },
    );
    return () => stop.abort();
  }, [key, again]);
  return state.value;
}

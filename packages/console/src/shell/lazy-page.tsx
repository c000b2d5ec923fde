import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { returns } from "../api/connection.ts";

/** A page whose code is loaded when it is first shown. */
export function LazyPage({ load }: { readonly load: () => Promise<() => JSX.Element> }): JSX.Element | null {
  const page = useSignal<(() => JSX.Element) | undefined>(undefined);
  const { value: again } = returns;
  useEffect(() => {
    if (page.value !== undefined) return undefined;
    let stopped = false;
    load().then(
      (loaded) => void (stopped || (page.value = loaded)),
      // The platform is gone, and the shell says so; it is loaded when it is back.
      () => {},
    );
    return () => void (stopped = true);
  }, [again]);
  const { value: Shown } = page;
  return Shown === undefined ? <p class="quiet">…</p> : <Shown />;
}

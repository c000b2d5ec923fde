import { useEffect, useRef } from "preact/hooks";

/** Actions of keys, by the keys' names in `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Acts on keys while a component is shown; not while somebody types, and not behind a dialog. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const act = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const found = latest.current[event.key];
      if (found === undefined || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      found(event);
    };
    window.addEventListener("keydown", act);
    return () => window.removeEventListener("keydown", act);
  }, []);
}

/** A field of a dialog that was just closed has the focus for a moment. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target.closest("dialog:not([open])") !== null) return false;
  return target.closest("input, textarea, select") !== null;
}

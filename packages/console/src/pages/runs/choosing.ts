import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

/** Rows that are chosen, by their keys. */
export interface Chosen {
  readonly keys: ReadonlySet<string>;
  /** Chooses a row or leaves it out; with `range` also all between it and the one before. */
  readonly toggle: (index: number, range: boolean) => void;
  /** Chooses all rows, or none if all are. */
  readonly toggleAll: () => void;
  readonly clear: () => void;
}

/** A choice among rows that come and go. @param keys - Of the rows that are shown, in order. */
export function useChosen(keys: readonly string[]): Chosen {
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const last = useRef<string>(undefined);
  const there = new Set(keys.filter((key) => chosen.value.has(key)));
  return {
    keys: there,
    toggle: (index, range) => {
      const key = keys[index] ?? "";
      const from = range && last.current !== undefined ? keys.indexOf(last.current) : -1;
      const next = new Set(there);
      const isChosen = !next.has(key);
      const [first, end] = from === -1 ? [index, index] : [Math.min(from, index), Math.max(from, index)];
      for (const each of keys.slice(first, end + 1)) {
        if (isChosen) next.add(each);
        else next.delete(each);
      }
      last.current = key;
      chosen.value = next;
    },
    toggleAll: () => (chosen.value = there.size === keys.length ? new Set() : new Set(keys)),
    clear: () => (chosen.value = new Set()),
  };
}

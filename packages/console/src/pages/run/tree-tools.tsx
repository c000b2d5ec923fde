import type { Signal } from "@preact/signals";
import type { JSX, RefObject } from "preact";

/** A way to look at the tree, switched on and off. */
export interface Toggle {
  readonly words: string;
  readonly key: string;
  readonly on: Signal<boolean>;
  readonly disabled?: boolean;
}

/** The tools over the tree: search, ways to look at it, the next error. */
export function TreeTools({
  search,
  total,
  failed,
  text,
  toggles,
  onNextError,
}: {
  readonly search: RefObject<HTMLInputElement | null>;
  readonly total: number;
  readonly failed: number;
  readonly text: Signal<string>;
  readonly toggles: readonly Toggle[];
  readonly onNextError: () => void;
}): JSX.Element {
  return (
    <div class="tree-tools">
      <input
        ref={search}
        type="search"
        aria-label="Find an action"
        placeholder={`Find among ${total} actions`}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
        }}
      />
      {toggles.map(({ words, key, on, disabled = false }) => (
        <button
          key={key}
          type="button"
          title={`Key: ${key}`}
          aria-pressed={on.value}
          disabled={disabled && !on.value}
          onClick={() => (on.value = !on.value)}
        >
          {words}
        </button>
      ))}
      <button type="button" disabled={failed === 0} title="Key: n" onClick={onNextError}>
        Next error{failed === 0 ? "" : ` of ${failed}`}
      </button>
    </div>
  );
}

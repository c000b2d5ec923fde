import type { Signal } from "@preact/signals";
import type { JSX, RefObject } from "preact";

/** The tools over the tree: search, errors only, the next error. */
export function TreeTools({
  search,
  total,
  failed,
  text,
  errorsOnly,
  onNextError,
}: {
  readonly search: RefObject<HTMLInputElement | null>;
  readonly total: number;
  readonly failed: number;
  readonly text: Signal<string>;
  readonly errorsOnly: Signal<boolean>;
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
      />
      <button
        type="button"
        aria-pressed={errorsOnly.value}
        disabled={failed === 0 && !errorsOnly.value}
        onClick={() => (errorsOnly.value = !errorsOnly.value)}
      >
        Errors only
      </button>
      <button type="button" disabled={failed === 0} title="Key: e" onClick={onNextError}>
        Next error{failed === 0 ? "" : ` of ${failed}`}
      </button>
    </div>
  );
}

import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { readQuery, setQuery } from "../route/query.ts";
import { useKeys } from "../shell/keys.ts";

/** The text that names are filtered by, as it stands in the URL, in small letters. */
export function filterText(): string {
  return readQuery("text").toLowerCase();
}

/** A filter of names, which is kept in the URL; `/` goes to it. */
export function TextFilter({
  label,
  children,
}: {
  /** For example `Filter apps`. */
  readonly label: string;
  /** More filters. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  return (
    <form class="filters" role="search" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      {children}
      <input
        ref={search}
        type="search"
        aria-label="Name contains"
        placeholder="Name contains"
        defaultValue={readQuery("text")}
        spellcheck={false}
        onInput={(event) => setQuery({ text: event.currentTarget.value })}
      />
    </form>
  );
}

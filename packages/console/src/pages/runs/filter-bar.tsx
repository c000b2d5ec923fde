import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { setQuery } from "../../route/query.ts";
import { useKeys } from "../../shell/keys.ts";
import type { RunFilters } from "./filters.ts";

const phases = [
  ["", "All"],
  ["running", "Running"],
  ["waiting", "Waiting for an answer"],
  ["failed", "Failed"],
  ["succeeded", "Succeeded"],
  ["aborted", "Aborted"],
] as const;

/** The filters of runs. They are kept in the URL, so that they survive a reload and can be sent to somebody. */
export function FilterBar({ filters }: { readonly filters: RunFilters }): JSX.Element {
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  return (
    <form class="filters" role="search" aria-label="Filter runs" onSubmit={(event) => event.preventDefault()}>
      <div class="choices" role="group" aria-label="Phase">
        {phases.map(([value, words]) => (
          <button
            key={value}
            type="button"
            aria-pressed={filters.phase === value}
            onClick={() => setQuery({ phase: value })}
          >
            {words}
          </button>
        ))}
      </div>
      <LateField name="text" words="Name contains" value={filters.text} field={search} />
      <LateField name="task" words="Task contains" value={filters.task} />
      <LateField name="label" words="Label, KEY=VALUE" value={filters.label} />
    </form>
  );
}

const pauseMs = 250;

/** A field that changes the URL when one stops typing. */
function LateField({
  name,
  words,
  value,
  field,
}: {
  readonly name: string;
  readonly words: string;
  readonly value: string;
  readonly field?: { current: HTMLInputElement | null };
}): JSX.Element {
  const own = useRef<HTMLInputElement>(null);
  const element = field ?? own;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (element.current !== null && document.activeElement !== element.current) element.current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      ref={element}
      type="search"
      aria-label={words}
      placeholder={words}
      defaultValue={value}
      spellcheck={false}
      onInput={({ currentTarget: { value: text } }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setQuery({ [name]: text }), pauseMs);
      }}
    />
  );
}

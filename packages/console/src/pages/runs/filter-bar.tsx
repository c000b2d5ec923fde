import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Choices } from "../../parts/choices.tsx";
import { setQuery } from "../../route/query.ts";
import { useKeys } from "../../shell/keys.ts";
import type { RunFilters } from "./filters.ts";
import { TimeField } from "./time-field.tsx";

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
  const { phase, text, task, label, trigger, from, to } = filters;
  return (
    <form
      class="filters run-filters"
      role="search"
      aria-label="Filter runs"
      onSubmit={(event) => event.preventDefault()}
    >
      <Choices label="Phase" of={phases} chosen={phase as ""} onChoose={(value) => setQuery({ phase: value })} />
      <LateField name="text" words="Name or error contains" value={text} field={search} />
      <LateField name="task" words="Task contains" value={task} />
      <details class="more" open={label !== "" || trigger !== "" || from !== "" || to !== ""}>
        <summary>More filters</summary>
        <div class="filters">
          <LateField name="label" words="Label, KEY=VALUE" value={label} />
          <LateField name="trigger" words="Trigger" value={trigger} />
          <TimeField name="from" words="Created from" value={from} />
          <TimeField name="to" words="Created before" value={to} />
        </div>
      </details>
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

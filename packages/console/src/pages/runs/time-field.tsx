import type { JSX } from "preact";
import { setQuery } from "../../route/query.ts";
import { timeOf } from "./filters.ts";

/** A field for a time, which stands in the URL in the zone of everybody and is shown in the reader's own. */
export function TimeField({
  name,
  words,
  value,
}: {
  readonly name: string;
  readonly words: string;
  readonly value: string;
}): JSX.Element {
  return (
    <label class="time-field">
      {words}
      <input
        type="datetime-local"
        value={localText(timeOf(value))}
        onChange={({ currentTarget: { value: text } }) =>
          setQuery({ [name]: text === "" ? "" : new Date(text).toISOString() })
        }
      />
    </label>
  );
}

/** A time as the browser's field has it: to the minute, without a zone. */
function localText(time: number | undefined): string {
  if (time === undefined) return "";
  const offsetMs = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offsetMs).toISOString().slice(0, 16);
}

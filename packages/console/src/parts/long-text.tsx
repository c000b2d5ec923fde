import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Text } from "./text.tsx";
import { WindowList } from "./window-list.tsx";

const rowHeight = 20;
/** Maximum characters in a row: a browser takes seconds for a line of megabytes. */
const rowLength = 160;

/** A text of megabytes, of which only the rows in sight are made. Long lines are broken. */
export function LongText({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const rows = useMemo(() => brokenRows(text), [text]);
  return (
    <WindowList
      class="long-text"
      role="document"
      tabIndex={0}
      aria-label={what}
      items={rows}
      rowHeight={rowHeight}
      keyOf={(from) => String(from)}
      render={(from, index) => (
        <div class="long-row">
          <Text of={text.slice(from, rows[index + 1]).replace(/\n$/, "")} />
        </div>
      )}
    />
  );
}

/** The places in a text where its rows begin. */
export function brokenRows(text: string): readonly number[] {
  const rows: number[] = [];
  for (let line = 0; line < text.length;) {
    const end = text.indexOf("\n", line);
    const next = end === -1 ? text.length : end + 1;
    for (let from = line; from < next; from = wholeSign(text, from + rowLength)) rows.push(from);
    line = next;
  }
  return rows;
}

/** A place that is not within a sign of two halves. */
function wholeSign(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff ? place + 1 : place;
}

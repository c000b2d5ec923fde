import type { JSX } from "preact";
import { ColumnName } from "./list-table.tsx";
import { WindowList } from "./window-list.tsx";

/** The height of a row, in pixels. */
const rowHeight = 40;

/** A long table of which only the rows in sight are made. */
export function WindowTable<T>({
  label,
  kind,
  columns,
  items,
  keyOf,
  render,
  onEnd,
}: {
  readonly label: string;
  /** The class that says how wide its columns are. */
  readonly kind: string;
  readonly columns: readonly string[];
  /** Undefined: not known yet. */
  readonly items: readonly T[] | undefined;
  readonly keyOf: (item: T) => string;
  /** The cells of a row. */
  readonly render: (item: T) => JSX.Element;
  /** Called when the last rows come in sight. */
  readonly onEnd?: () => void;
}): JSX.Element {
  return (
    <div class="table" role="table" aria-label={label} aria-rowcount={items === undefined ? -1 : items.length + 1}>
      <div class={`table-head ${kind}`} role="row">
        {columns.map((name) => (
          <span key={name} class="cell" role="columnheader">
            <ColumnName name={name} />
          </span>
        ))}
      </div>
      <WindowList
        class="table-body"
        role="rowgroup"
        tabIndex={0}
        aria-label={label}
        aria-busy={items === undefined}
        items={items ?? []}
        rowHeight={rowHeight}
        keyOf={keyOf}
        {...(onEnd === undefined ? {} : { onEnd })}
        render={(item, index) => (
          <div class={`table-row ${kind}`} role="row" aria-rowindex={index + 2}>
            {render(item)}
          </div>
        )}
      />
    </div>
  );
}

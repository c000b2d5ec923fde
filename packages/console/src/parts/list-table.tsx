import type { ComponentChildren, JSX } from "preact";

/** A table of things; on a narrow screen it is scrolled, by the keyboard too. */
export function ListTable({
  label,
  columns,
  children,
}: {
  readonly label: string;
  /** The names of its columns. The one of buttons has a name that is heard and not seen: `(Actions)`. */
  readonly columns: readonly string[];
  /** Its rows. */
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scrolls" role="region" aria-label={label} tabIndex={0}>
      <table class="list">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                <ColumnName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The name of a column; one in parentheses is heard and not seen. */
export function ColumnName({ name }: { readonly name: string }): JSX.Element {
  return name.startsWith("(") ? <span class="hidden">{name.slice(1, -1)}</span> : <>{name}</>;
}

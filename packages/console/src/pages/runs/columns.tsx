import { signal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Menu } from "../../parts/menu.tsx";
import { runCells, type RunCell } from "./cells.tsx";

const key = "appenv-run-columns";
const all = Object.keys(runCells) as readonly RunCell[];
const usual: readonly RunCell[] = ["phase", "name", "task", "labels", "error", "started", "took"];

/** The columns that the reader has picked, in order. */
export const columns: Signal<readonly RunCell[]> = signal(read());

function read(): readonly RunCell[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "");
    const known = Array.isArray(kept) ? all.filter((name) => kept.includes(name)) : [];
    return known.length > 0 ? known : usual;
  } catch {
    return usual;
  }
}

/** Shows these columns, and keeps them in this browser. */
export function pickColumns(picked: readonly RunCell[]): void {
  columns.value = all.filter((name) => picked.includes(name));
  localStorage.setItem(key, JSON.stringify(columns.value));
}

/** The widths of the columns that are shown, for CSS. */
export function gridOf(shown: readonly RunCell[]): string {
  return ["1.2rem", ...shown.map((name) => runCells[name].width)].join(" ");
}

/** The choice of columns. The name of a run is always there: it leads to its page. */
export function ColumnPicker(): JSX.Element {
  return (
    <Menu label="Columns">
      {all.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={columns.value.includes(name)}
            disabled={name === "name"}
            onChange={() => {
              const { value } = columns;
              pickColumns(value.includes(name) ? value.filter((other) => other !== name) : [...value, name]);
            }}
          />
          {runCells[name].words}
        </label>
      ))}
    </Menu>
  );
}

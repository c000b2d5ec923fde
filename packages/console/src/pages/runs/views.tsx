import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Menu } from "../../parts/menu.tsx";
import { setQuery } from "../../route/query.ts";
import { columns, pickColumns } from "./columns.tsx";
import type { RunCell } from "./cells.tsx";
import { noFilters, queryOf, readFilters, type RunFilters } from "./filters.ts";

/** Filters and columns under a name. */
interface View {
  readonly name: string;
  readonly query: string;
  readonly columns: readonly RunCell[];
}

const key = "appenv-run-views";
const mostViews = 50;
const views = signal<readonly View[]>(read());

function read(): readonly View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "");
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is View {
  const { name, query, columns: shown } = (value ?? {}) as Partial<Record<keyof View, unknown>>;
  return typeof name === "string" && typeof query === "string" && Array.isArray(shown);
}

function keep(next: readonly View[]): void {
  views.value = next.slice(-mostViews);
  localStorage.setItem(key, JSON.stringify(views.value));
}

/** Views that the reader has saved in this browser. */
export function Views({ filters }: { readonly filters: RunFilters }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const query = queryOf(filters);
  const shown = views.value.find((view) => view.query === query);
  const save = (): void => {
    const name = (field.current?.value ?? "").trim().slice(0, 60);
    if (name === "") return field.current?.focus();
    keep([...views.value.filter((view) => view.name !== name), { name, query, columns: columns.value }]);
    if (field.current !== null) field.current.value = "";
  };
  return (
    <Menu label={shown === undefined ? "Views" : `View: ${shown.name}`}>
      {views.value.map((view) => (
        <p key={view.name} class="view">
          <button type="button" class="plain" onClick={() => open(view)}>
            {view.name}
          </button>
          <button
            type="button"
            class="plain"
            aria-label={`Forget the view ${view.name}`}
            onClick={() => keep(views.value.filter((other) => other !== view))}
          >
            ✕
          </button>
        </p>
      ))}
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input ref={field} aria-label="Name of the view" placeholder="Name" maxLength={60} />
        <button type="submit">Save view</button>
      </form>
    </Menu>
  );
}

function open(view: View): void {
  setQuery({ ...noFilters, ...readFilters(new URLSearchParams(view.query)) });
  pickColumns(view.columns);
}

import { useSignal, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { RunActions } from "../../live/actions.ts";
import type { Keys } from "../../shell/keys.ts";
import { treeRows, type TreeRow } from "./rows.ts";
import type { Toggle } from "./tree-tools.tsx";

/** The rows of the tree, as they are looked at. */
export interface RowsView {
  readonly rows: readonly TreeRow[];
  /** Of the chosen action; -1 if it is not among them. */
  readonly index: number;
  readonly text: Signal<string>;
  readonly toggles: readonly Toggle[];
  readonly keys: Keys;
  /** Opens or closes the children of an action. */
  readonly toggle: (name: string) => void;
  /** Chooses the next action that failed, from the chosen one on and around. */
  readonly nextError: () => void;
}

/** Ways to look at the tree, and to move in it. */
export function useRows(
  { tree, version }: Pick<RunActions, "tree" | "version">,
  chosen: string | undefined,
  choose: (name: string | undefined) => void,
): RowsView {
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const text = useSignal("");
  const errorsOnly = useSignal(false);
  const failuresFirst = useSignal(false);
  // A run may have many thousands of actions: they are gone through when they change, and not with each key.
  const rows = useMemo(
    () =>
      treeRows(tree, {
        closed: closed.value,
        text: text.value,
        errorsOnly: errorsOnly.value,
        failuresFirst: failuresFirst.value,
      }),
    [tree, version, closed.value, text.value, errorsOnly.value, failuresFirst.value],
  );
  const index = useMemo(() => rows.findIndex(({ action }) => action.name === chosen), [rows, chosen]);
  const set = (name: string | undefined, isClosed: boolean): void => {
    const next = new Set(closed.value);
    if (name !== undefined) next[isClosed ? "add" : "delete"](name);
    closed.value = next;
  };
  const step = (by: number) => () => choose(rows[Math.min(Math.max(index + by, 0), rows.length - 1)]?.action.name);
  const error = (by: 1 | -1) => () => choose(errorFrom(rows, index, by, tree.failed));
  const none = tree.failed.size === 0;
  return {
    rows,
    index,
    text,
    toggles: [
      { words: "Errors only", key: "e", on: errorsOnly, disabled: none },
      { words: "Failures first", key: "f", on: failuresFirst, disabled: none },
    ],
    toggle: (name) => set(name, !closed.value.has(name)),
    nextError: error(1),
    keys: {
      ArrowDown: step(1),
      ArrowUp: step(-1),
      ArrowLeft: () => {
        const row = rows[index];
        // As in other trees: what is closed already leads to what is above it.
        if (row !== undefined && (row.children === 0 || !row.isOpen)) choose(row.action.parent || undefined);
        else set(chosen, true);
      },
      ArrowRight: () => set(chosen, false),
      e: () => (errorsOnly.value = !errorsOnly.value && !none),
      f: () => (failuresFirst.value = !failuresFirst.value && !none),
      n: error(1),
      N: error(-1),
    },
  };
}

function errorFrom(
  rows: readonly TreeRow[],
  index: number,
  by: 1 | -1,
  failed: ReadonlySet<string>,
): string | undefined {
  for (let step = 1; step <= rows.length; step += 1) {
    const row = rows[(index + by * step + rows.length * 2) % rows.length];
    if (row !== undefined && failed.has(row.action.name)) return row.action.name;
  }
  return undefined;
}

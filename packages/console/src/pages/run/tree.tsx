import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ActionTree } from "../../live/action-tree.ts";
import { useExplained } from "../../live/explained.ts";
import { duration } from "../../parts/time.tsx";
import { WindowList } from "../../parts/window-list.tsx";
import type { Name } from "../../route/names.ts";
import type { TreeRow } from "./rows.ts";
import { Axis } from "./timeline/axis.ts";
import { Row } from "./tree-row.tsx";

const rowHeight = 30;

/** The actions as a tree, each beside the time it took. */
export function Tree({
  run,
  tree,
  version,
  rows,
  axis,
  until,
  chosen,
  index,
  onChoose,
  onToggle,
}: {
  readonly run: Name;
  readonly tree: ActionTree;
  readonly version: number;
  readonly rows: readonly TreeRow[];
  /** Of the part that is shown. */
  readonly axis: Axis;
  /** Now, while the run goes on. */
  readonly until: number;
  readonly chosen: string | undefined;
  /** The index of the chosen row. */
  readonly index: number;
  readonly onChoose: (name: string) => void;
  readonly onToggle: (name: string) => void;
}): JSX.Element {
  const range = useSignal({ first: 0, last: 0 });
  const shown = useMemo(
    () => rows.slice(range.value.first, range.value.last).map(({ action }) => action),
    [rows, range.value],
  );
  const explained = useExplained(run, shown);
  return (
    <>
      <Scale axis={axis} />
      <WindowList
        class="tree"
        role="tree"
        aria-label="Actions"
        aria-busy={version === 0}
        tabIndex={0}
        items={rows}
        rowHeight={rowHeight}
        shown={index}
        onShown={(first, last) => (range.value = { first, last })}
        keyOf={({ action }) => action.name}
        aria-activedescendant={chosen === undefined ? undefined : `action-${chosen}`}
        render={(row) => (
          <Row
            row={row}
            tree={tree}
            axis={axis}
            until={until}
            explained={explained.get(row.action.name)?.action}
            chosen={row.action.name === chosen}
            onChoose={onChoose}
            onToggle={onToggle}
          />
        )}
      />
    </>
  );
}

const marks = [0, 0.25, 0.5, 0.75, 1];

function Scale({ axis }: { readonly axis: Axis }): JSX.Element {
  return (
    <div class="scale" aria-hidden="true">
      <span />
      <span class="scale-marks">
        {marks.map((part) => (
          <span key={part} style={{ left: `${part * 100}%` }}>
            {duration(axis.moment(part) - axis.whole.from)}
          </span>
        ))}
      </span>
    </div>
  );
}

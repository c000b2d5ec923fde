import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { ActionPhaseNumber, CatalogCacheStatus } from "@appenv/protocol/tasks";
import type { LiveAction } from "../../live/actions.ts";
import { now } from "../../live/clock.ts";
import { phaseLook, PhaseSign } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { duration } from "../../parts/time.tsx";
import { WindowList } from "../../parts/window-list.tsx";
import { isTerminal } from "./phases.ts";
import { labelOf, type TreeRow } from "./rows.ts";
import { placeIn, spanOf, spanOfRun, type Span } from "./span.ts";

const rowHeight = 30;
const deepest = 12;

/** The actions as a tree, each beside the time it took. */
export function Tree({
  all,
  rows,
  chosen,
  index,
  onChoose,
  onToggle,
}: {
  readonly all: ReadonlyMap<string, LiveAction> | undefined;
  readonly rows: readonly TreeRow[];
  readonly chosen: string | undefined;
  /** The index of the chosen row. */
  readonly index: number;
  readonly onChoose: (name: string) => void;
  readonly onToggle: (name: string) => void;
}): JSX.Element {
  const running = !isTerminal(all?.get("a0")?.message.status?.phase);
  const until = running ? now.value : 0;
  const whole = useMemo(() => spanOfRun(all ?? new Map(), until), [all, until]);
  return (
    <>
      <Scale whole={whole} />
      <WindowList
        class="tree"
        role="tree"
        aria-label="Actions"
        aria-busy={all === undefined}
        tabIndex={0}
        items={rows}
        rowHeight={rowHeight}
        shown={index}
        keyOf={({ action }) => action.name}
        aria-activedescendant={chosen === undefined ? undefined : `action-${chosen}`}
        render={(row) => (
          <Row
            row={row}
            whole={whole}
            until={until}
            chosen={row.action.name === chosen}
            onChoose={onChoose}
            onToggle={onToggle}
          />
        )}
      />
    </>
  );
}

function Scale({ whole }: { readonly whole: Span }): JSX.Element {
  const length = whole.to - whole.from;
  return (
    <div class="scale" aria-hidden="true">
      <span />
      <span class="scale-marks">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part} style={{ left: `${part * 100}%` }}>
            {duration(length * part)}
          </span>
        ))}
      </span>
    </div>
  );
}

function Row({
  row: { action, depth, children, isOpen },
  whole,
  until,
  chosen,
  onChoose,
  onToggle,
}: {
  readonly row: TreeRow;
  readonly whole: Span;
  readonly until: number;
  readonly chosen: boolean;
  readonly onChoose: (name: string) => void;
  readonly onToggle: (name: string) => void;
}): JSX.Element {
  const { status } = action.message;
  const span = spanOf(action, until);
  const took = duration(span.to - span.from);
  return (
    <div
      id={`action-${action.name}`}
      role="treeitem"
      class="tree-row"
      aria-level={depth + 1}
      aria-selected={chosen}
      aria-expanded={children === 0 ? undefined : isOpen}
      onClick={() => onChoose(action.name)}
    >
      <span class="tree-name" style={{ paddingLeft: `${Math.min(depth, deepest) * 14}px` }}>
        <span
          class="twist"
          aria-hidden="true"
          onClick={(event) => {
            if (children === 0) return;
            event.stopPropagation();
            onToggle(action.name);
          }}
        >
          {children === 0 ? "" : isOpen ? "▾" : "▸"}
        </span>
        <PhaseSign of={status?.phase} />
        <span class="tree-label">
          <Text of={labelOf(action)} />
        </span>
        {status?.cacheStatus === CatalogCacheStatus.CACHE_HIT ? <span class="label">cached</span> : null}
        {(status?.attempts ?? 0) > 1 ? <span class="label">×{status?.attempts}</span> : null}
        {children > 0 && !isOpen ? <span class="quiet">{children}</span> : null}
      </span>
      <span class="bars">
        <Bars action={action} whole={whole} span={span} />
        <span class="bar-time">{status?.phase === ActionPhaseNumber.QUEUED ? "" : took}</span>
      </span>
    </div>
  );
}

function Bars({
  action,
  whole,
  span,
}: {
  readonly action: LiveAction;
  readonly whole: Span;
  readonly span: Span;
}): JSX.Element {
  const { phase } = action.message.status ?? {};
  const { tone } = phaseLook(phase);
  const queued = action.queuedAt;
  return (
    <span class="bar-place">
      {queued !== undefined && queued < span.from ? (
        <span class="bar queue" title="queued" style={placeIn(whole, { from: queued, to: span.from })} />
      ) : null}
      <span class={`bar ${phase === ActionPhaseNumber.QUEUED ? "queue" : tone}`} style={placeIn(whole, span)} />
    </span>
  );
}

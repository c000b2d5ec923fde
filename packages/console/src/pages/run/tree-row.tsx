import type { JSX } from "preact";
import type { ExplainedAction } from "@appenv/protocol/tasks";
import type { ActionTree, LiveAction } from "../../live/action-tree.ts";
import { PhaseSign } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { duration } from "../../parts/time.tsx";
import { labelOf, type TreeRow } from "./rows.ts";
import type { Axis } from "./timeline/axis.ts";
import { blockedSpans, segmentsOf, type Segment } from "./timeline/segments.ts";

const deepest = 12;

/** An action in the tree, beside its time. */
export function Row({
  row: { action, depth, children, isOpen },
  tree,
  axis,
  until,
  explained,
  chosen,
  onChoose,
  onToggle,
}: {
  readonly row: TreeRow;
  readonly tree: ActionTree;
  readonly axis: Axis;
  readonly until: number;
  readonly explained: ExplainedAction | undefined;
  readonly chosen: boolean;
  readonly onChoose: (name: string) => void;
  readonly onToggle: (name: string) => void;
}): JSX.Element {
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
        <PhaseSign of={action.phase} />
        <span class="tree-label">
          <Text of={labelOf(action, tree)} />
        </span>
        {action.isCached ? <span class="label">cached</span> : null}
        {action.attempts > 1 ? <span class="label">×{action.attempts}</span> : null}
        {children > 0 && !isOpen ? <span class="quiet">{children}</span> : null}
      </span>
      <Bars action={action} tree={tree} axis={axis} until={until} explained={explained} />
    </div>
  );
}

function Bars({
  action,
  tree,
  axis,
  until,
  explained,
}: {
  readonly action: LiveAction;
  readonly tree: ActionTree;
  readonly axis: Axis;
  readonly until: number;
  readonly explained: ExplainedAction | undefined;
}): JSX.Element {
  const segments = segmentsOf(action, explained, until);
  const runs = segments.filter(({ look }) => look !== "queue" && look !== "retry");
  const [from, to] = [runs[0]?.from, runs.at(-1)?.to];
  const blocked = action.kind === "task" ? blockedSpans(tree, action.name, until) : [];
  return (
    <span class="bars">
      <span class="bar-place">
        {segments.map((segment) => (
          <Bar key={segment.from} segment={segment} axis={axis} />
        ))}
        {blocked.map((span) => {
          const place = axis.place(span);
          return place === undefined ? null : (
            <span
              key={span.from}
              class="bar-blocked"
              title="waits for what it called, or works beside it"
              style={place}
            />
          );
        })}
        {axis.gaps.map((gap) => {
          const place = axis.place(gap);
          const words = `nothing ran for ${duration(gap.to - gap.from)}`;
          return place === undefined ? null : <span key={gap.from} class="gap" title={words} style={place} />;
        })}
      </span>
      <span class="bar-time">{from === undefined || to === undefined ? "" : duration(to - from)}</span>
    </span>
  );
}

function Bar({ segment, axis }: { readonly segment: Segment; readonly axis: Axis }): JSX.Element | null {
  const place = axis.place(segment);
  if (place === undefined) return null;
  const { look, words, from, to } = segment;
  return <span class={`bar ${look}`} title={`${words}, ${duration(to - from)}`} style={place} />;
}

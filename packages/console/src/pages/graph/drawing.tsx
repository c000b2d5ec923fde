import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { plain } from "../../parts/text.tsx";
import { go } from "../../route/location.ts";
import type { Point } from "./arrange.ts";
import { layOut, nodeSize, type PlacedBox, type PlacedEdge, type PlacedNode } from "./layout.ts";
import { pathOf } from "./lines.ts";
import { shapeKey, type Shape } from "./shape.ts";
import { edgeKey, type Calls } from "./use-graph.ts";
import { useView } from "./use-view.ts";
import { reveal } from "./view.ts";
import { failureText, nameInside, nodePath, nodeWords, rateText } from "./words.ts";

/** In pixels; on a narrower screen callers stand above what they call. */
const narrow = 760;

/** The graph as a drawing. The table beside it says the same. */
export function Drawing({
  shape,
  calls,
}: {
  readonly shape: Shape;
  readonly calls: ReadonlySignal<ReadonlyMap<string, Calls>>;
}): JSX.Element {
  const isTall = window.innerWidth < narrow;
  const placed = useMemo(() => layOut(shape, isTall), [shapeKey(shape), isTall]);
  const { frame, view, fitAll, zoomBy, onKeyDown } = useView(placed);
  const { x, y, scale } = view.value;
  const show = ({ x: atX, y: atY }: Point): void => {
    const box = { x: atX - nodeSize.width / 2, y: atY - nodeSize.height / 2, ...nodeSize };
    if (frame.current !== null) view.value = reveal(view.value, box, frame.current.getBoundingClientRect());
  };
  return (
    <div class="graph">
      <svg
        ref={frame}
        role="group"
        aria-label="Graph; arrows move it, + and - zoom, 0 shows all"
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        <g transform={`scale(${scale}) translate(${-x} ${-y})`}>
          {placed.boxes.map((box) => (
            <Box key={box.node.id} placed={box} onFocus={(corner) => show(corner)} />
          ))}
          <g aria-hidden="true">
            {placed.edges.map((each) => (
              <Edge key={edgeKey(each.edge)} placed={each} />
            ))}
            <Labels of={placed.edges} calls={calls} />
          </g>
          {placed.nodes.map((each) => (
            <Node key={each.node.id} placed={each} onFocus={() => show(each)} />
          ))}
        </g>
      </svg>
      <div class="graph-tools" role="group" aria-label="Zoom">
        <button type="button" aria-label="Larger" title="Key: +" onClick={() => zoomBy(1.25)}>
          +
        </button>
        <button type="button" aria-label="Smaller" title="Key: -" onClick={() => zoomBy(0.8)}>
          −
        </button>
        <button type="button" title="Key: 0" onClick={fitAll}>
          Show all
        </button>
      </div>
    </div>
  );
}

const signs: Readonly<Record<string, string>> = { app: "▣", task: "ƒ", trigger: "◷", webhook: "↯" };
const longest = 22;

function Node({
  placed: { node, x, y, isInside },
  onFocus,
}: {
  readonly placed: PlacedNode;
  readonly onFocus: () => void;
}): JSX.Element {
  const { width, height } = nodeSize;
  const name = plain(isInside ? nameInside(node) : node.name);
  const href = nodePath(node);
  return (
    <g transform={`translate(${x - width / 2} ${y - height / 2})`}>
      <a
        href={href}
        class={`graph-node ${node.kind}`}
        onClick={(event) => followInPage(event, href)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && onFocus()}
      >
        <title>{`${nodeWords(node)} (${node.project}/${node.domain})`}</title>
        <rect width={width} height={height} rx="7" />
        <text x="12" y="26" class="node-sign" aria-hidden="true">
          {signs[node.kind]}
        </text>
        <text x="32" y="26" aria-hidden="true">
          {shorten(name, longest)}
        </text>
      </a>
    </g>
  );
}

/** The box of an environment, with its name as a link. */
function Box({
  placed: { node, x, y, width, height },
  onFocus,
}: {
  readonly placed: PlacedBox;
  /** Gets the middle of a node's place in its upper left corner. */
  readonly onFocus: (corner: Point) => void;
}): JSX.Element {
  const href = nodePath(node);
  const [left, top] = [x - width / 2, y - height / 2];
  const corner = { x: left + nodeSize.width / 2, y: top + nodeSize.height / 2 };
  return (
    <g transform={`translate(${left} ${top})`}>
      <rect class="graph-box" width={width} height={height} rx="10" />
      <a
        href={href}
        class="graph-title"
        onClick={(event) => followInPage(event, href)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && onFocus(corner)}
      >
        <title>{`${nodeWords(node)} (${node.project}/${node.domain})`}</title>
        <text x="14" y="20" aria-hidden="true">
          {shorten(plain(node.name), width / 8)}
        </text>
      </a>
    </g>
  );
}

function shorten(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A link of a drawing is none of HTML, which are followed without loading the page anew everywhere. */
function followInPage(event: MouseEvent, href: string): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(href);
}

function Edge({ placed: { edge, points } }: { readonly placed: PlacedEdge }): JSX.Element {
  return <path class={edge.kinds.includes("calls") ? "graph-edge calls" : "graph-edge"} d={pathOf(points)} />;
}

/** Apart from the lines: they change each second. */
function Labels({
  of,
  calls,
}: {
  readonly of: readonly PlacedEdge[];
  readonly calls: ReadonlySignal<ReadonlyMap<string, Calls>>;
}): JSX.Element {
  return (
    <>
      {of.map(({ edge, points, middle }) => {
        const counted = calls.value.get(edgeKey(edge));
        const [rate, failing] = [rateText(counted), failureText(counted)];
        if (rate === "") return null;
        return (
          <g key={edgeKey(edge)} class={failing === "" ? "graph-rate" : "graph-rate bad"}>
            <path d={pathOf(points)} />
            <text x={middle.x} y={middle.y - 5}>
              {rate}
            </text>
            {failing === "" ? null : (
              <text x={middle.x} y={middle.y + 14}>
                {failing}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

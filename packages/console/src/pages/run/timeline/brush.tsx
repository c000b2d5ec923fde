import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { ActionTree } from "../../../live/action-tree.ts";
import { duration } from "../../../parts/time.tsx";
import type { Axis } from "./axis.ts";
import { areaOf, densityOf } from "./density.ts";
import type { Span } from "./span.ts";
import { moved, partOf, viewOf, zoomed, type Part } from "./zoom.ts";

const columns = 160;
/** The width of the edges by which the window is made wider, in pixels. */
const edge = 7;

/** The whole run in small. The part that the timeline shows is chosen with the pointer or with keys. */
export function Brush({
  tree,
  version,
  axis,
  now,
  view,
  onView,
}: {
  readonly tree: ActionTree;
  readonly version: number;
  /** Of the whole run. */
  readonly axis: Axis;
  readonly now: number;
  readonly view: Span | undefined;
  readonly onView: (view: Span | undefined) => void;
}): JSX.Element {
  const { running, failed } = useMemo(() => densityOf(tree, axis, now, columns), [tree, version, axis, now]);
  const part = partOf(axis, view);
  const drag = useDrag(part, (next) => onView(viewOf(axis, next)));
  const { from, to } = axis.whole;
  const shown = view ?? axis.whole;
  return (
    <div
      class="brush"
      role="slider"
      tabIndex={0}
      aria-label="The part of the time that is shown"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part.from * 100)}
      aria-valuetext={`from ${duration(shown.from - from)} to ${duration(shown.to - from)} of ${duration(to - from)}`}
      title="Drag to zoom; + and - zoom, arrows move, 0 shows all"
      onPointerDown={drag}
      onDblClick={() => onView(undefined)}
      onKeyDown={(event) => {
        const next = keyed(event.key, part);
        if (next === undefined) return;
        event.preventDefault();
        onView(viewOf(axis, next));
      }}
    >
      <svg viewBox={`0 0 ${columns} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path class="brush-area" d={areaOf(running)} />
        {[...failed].map((column) => (
          <rect key={column} class="brush-failed" x={column} y={0} width={1.2} height={1} />
        ))}
      </svg>
      {axis.gaps.map((gap) => (
        <span key={gap.from} class="gap" style={axis.place(gap) ?? { display: "none" }} />
      ))}
      <span class="brush-off" style={{ left: "0", width: percent(part.from) }} />
      <span class="brush-off" style={{ left: percent(part.to), right: "0" }} />
      <span class="brush-window" style={{ left: percent(part.from), width: percent(part.to - part.from) }} />
    </div>
  );
}

function percent(place: number): string {
  return `${(Math.min(Math.max(place, 0), 1) * 100).toFixed(2)}%`;
}

/** The part after a key; undefined for other keys. */
export function keyed(key: string, part: Part): Part | undefined {
  switch (key) {
    case "ArrowLeft":
      return moved(part, -0.25);
    case "ArrowRight":
      return moved(part, 0.25);
    case "+":
    case "=":
    case "ArrowUp":
      return zoomed(part, 0.5);
    case "-":
    case "ArrowDown":
      return zoomed(part, 2);
    case "0":
    case "Home":
      return { from: 0, to: 1 };
    default:
      return undefined;
  }
}

/** Begins to drag: an edge of the window, the window itself, or a new one. */
function useDrag(
  part: Part,
  onPart: (part: Part) => void,
): (event: PointerEvent & { currentTarget: HTMLElement }) => void {
  const latest = useRef(onPart);
  latest.current = onPart;
  return (event) => {
    if (event.button !== 0) return;
    const element = event.currentTarget;
    const { left, width } = element.getBoundingClientRect();
    const place = (x: number): number => Math.min(Math.max((x - left) / width, 0), 1);
    const begin = place(event.clientX);
    const change = dragged(part, begin, edge / width);
    element.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void => {
      const now = place(clientX);
      if (Math.abs(now - begin) * width > 2) latest.current(change(now));
    };
    const end = (): void => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", end);
      element.removeEventListener("pointercancel", end);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
  };
}

function dragged(part: Part, begin: number, near: number): (now: number) => Part {
  const isAll = part.from <= 0 && part.to >= 1;
  if (!isAll && Math.abs(begin - part.from) < near) return (now) => ({ from: now, to: part.to });
  if (!isAll && Math.abs(begin - part.to) < near) return (now) => ({ from: part.from, to: now });
  if (!isAll && begin > part.from && begin < part.to) {
    return (now) => moved(part, (now - begin) / (part.to - part.from));
  }
  return (now) => ({ from: Math.min(begin, now), to: Math.max(begin, now) });
}

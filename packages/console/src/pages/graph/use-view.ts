import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";
import { fit, move, zoom, type Size, type View } from "./view.ts";

/** The view of a drawing that is moved and zoomed by mouse, fingers and keys. */
export interface MovedView {
  readonly frame: RefObject<SVGSVGElement | null>;
  readonly view: Signal<View>;
  /** Shows the whole drawing, and again whenever it changes, until somebody moves it. */
  readonly fitAll: () => void;
  readonly zoomBy: (by: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const step = 60;
const zoomStep = 1.25;

/** Follows mouse, fingers and keys over a drawing. */
export function useView(drawing: Size): MovedView {
  const frame = useRef<SVGSVGElement>(null);
  const view = useSignal<View>({ x: 0, y: 0, scale: 1 });
  const isMoved = useRef(false);
  const latest = useRef(drawing);
  latest.current = drawing;
  const change = (next: View): void => {
    isMoved.current = true;
    view.value = next;
  };
  const refit = (): void => {
    if (!isMoved.current && frame.current !== null)
      view.value = fit(latest.current, frame.current.getBoundingClientRect());
  };
  const zoomBy = (by: number): void => {
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    change(zoom(view.value, by, { x: width / 2, y: height / 2 }));
  };
  const fitAll = (): void => {
    isMoved.current = false;
    refit();
  };
  useEffect(refit, [drawing.width, drawing.height]);
  useEffect(() => followFrame(frame.current, () => view.value, change, refit), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = keys(view.value, change, zoomBy, fitAll)[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  return { frame, view, fitAll, zoomBy, onKeyDown };
}

function keys(
  view: View,
  change: (view: View) => void,
  zoomBy: (by: number) => void,
  fitAll: () => void,
): Readonly<Record<string, () => void>> {
  return {
    ArrowLeft: () => change(move(view, step, 0)),
    ArrowRight: () => change(move(view, -step, 0)),
    ArrowUp: () => change(move(view, 0, step)),
    ArrowDown: () => change(move(view, 0, -step)),
    "+": () => zoomBy(zoomStep),
    "-": () => zoomBy(1 / zoomStep),
    "0": fitAll,
  };
}

function followFrame(
  element: SVGSVGElement | null,
  read: () => View,
  change: (view: View) => void,
  refit: () => void,
): (() => void) | undefined {
  if (element === null) return undefined;
  const stop = new AbortController();
  const { signal } = stop;
  const at = (event: MouseEvent) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      change(zoom(read(), 2 ** (-event.deltaY / 400), at(event)));
    },
    { signal, passive: false },
  );
  followPointers(element, read, change, at, signal);
  const observer = new ResizeObserver(refit);
  observer.observe(element);
  return () => {
    stop.abort();
    observer.disconnect();
  };
}

/** One finger, or the mouse, moves the drawing; two zoom it. A link that is only pressed is followed. */
function followPointers(
  element: SVGSVGElement,
  read: () => View,
  change: (view: View) => void,
  at: (event: MouseEvent) => { x: number; y: number },
  signal: AbortSignal,
): void {
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      if (down.size === 0) moved = 0;
      down.set(event.pointerId, at(event));
    },
    { signal },
  );
  window.addEventListener(
    "pointermove",
    (event) => {
      const before = down.get(event.pointerId);
      if (before === undefined) return;
      const now = at(event);
      const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      if (other === undefined) change(move(read(), now.x - before.x, now.y - before.y));
      else change(zoom(read(), distance(now, other) / Math.max(distance(before, other), 1), other));
      down.set(event.pointerId, now);
    },
    { signal },
  );
  for (const name of ["pointerup", "pointercancel"] as const)
    window.addEventListener(name, (event) => void down.delete(event.pointerId), { signal });
  element.addEventListener("click", (event) => moved > 4 && event.preventDefault(), { signal, capture: true });
  element.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
}

function distance(one: { x: number; y: number }, other: { x: number; y: number }): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

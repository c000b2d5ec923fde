import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { RunActions } from "../../../live/actions.ts";
import type { Keys } from "../../../shell/keys.ts";
import type { Toggle } from "../tree-tools.tsx";
import { Axis, idleGaps } from "./axis.ts";
import { keyed } from "./brush.tsx";
import { spanOf, spanOfRun, type Span } from "./span.ts";
import { partOf, viewOf } from "./zoom.ts";

/** The timeline of a run, as it is looked at. */
export interface Timeline {
  /** The axis of the whole run. */
  readonly whole: Axis;
  /** The axis of the part that is shown. */
  readonly axis: Axis;
  /** The stretch of time of that part; undefined: all of it. */
  readonly view: Span | undefined;
  readonly show: (view: Span | undefined) => void;
  readonly toggle: Toggle;
  /** Keys that zoom, also at an action. */
  readonly keys: (chosen: string | undefined) => Keys;
}

/** A part of this many times an action's own length is shown around it. */
const around = 0.1;

/** Zooms the timeline of a run, and hides the time in which nothing runs. @param until - Now, while the run goes on. */
export function useTimeline({ tree, version }: Pick<RunActions, "tree" | "version">, until: number): Timeline {
  const hidesIdle = useSignal(false);
  const view = useSignal<Span | undefined>(undefined);
  const whole = useMemo(() => {
    const span = spanOfRun(tree, until);
    return new Axis(span, hidesIdle.value ? idleGaps(tree, span, until) : []);
  }, [tree, version, until, hidesIdle.value]);
  const axis = useMemo(() => new Axis(whole.whole, whole.gaps, view.value), [whole, view.value]);
  const show = (next: Span | undefined): void => void (view.value = next);
  const press = (key: string) => (): void => {
    const part = keyed(key, partOf(whole, view.value));
    if (part !== undefined) show(viewOf(whole, part));
  };
  const at = (chosen: string | undefined): void => {
    const action = chosen === undefined ? undefined : tree.get(chosen);
    if (action === undefined) return;
    const { from, to } = spanOf(action, until);
    const [start, end] = [whole.at(from), whole.at(to)];
    const more = (end - start) * around;
    show(viewOf(whole, { from: start - more, to: end + more }));
  };
  return {
    whole,
    axis,
    view: view.value,
    show,
    toggle: { words: "Hide idle time", key: "i", on: hidesIdle },
    keys: (chosen) => ({
      i: () => (hidesIdle.value = !hidesIdle.value),
      z: () => at(chosen),
      "+": press("+"),
      "=": press("+"),
      "-": press("-"),
      "0": press("0"),
    }),
  };
}

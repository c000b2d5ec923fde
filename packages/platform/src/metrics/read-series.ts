import type { AppId } from "@appenv/protocol";
import { addStep, type LoadPoint } from "./load-point.ts";
import { decodePoints } from "./point-codec.ts";
import { chunkSteps } from "./series.ts";
import type { Span } from "./span.ts";
import type { MetricsStore } from "./store.ts";

/** The points of each series by the name of its replica; empty for the app. In the order of names and of time. */
export type SeriesPoints = ReadonlyMap<string, readonly LoadPoint[]>;

/** Reads the load of an app in steps. Steps in which there was no replica are left out. */
export function readSeries(store: MetricsStore, app: AppId, span: Span, byReplica: boolean): SeriesPoints {
  const { from, to, storedStep } = span;
  const chunks = store.read(app, { step: storedStep, from: from - chunkSteps * storedStep, to, byReplica });
  const steps = new Map<string, Map<number, LoadPoint>>();
  for (const { replica, start, points } of chunks) {
    const series = steps.get(replica) ?? new Map<number, LoadPoint>();
    steps.set(replica, series);
    for (const point of decodePoints(points, start, storedStep)) addTo(series, point, span);
  }
  return new Map([...steps].flatMap(([replica, series]) => (series.size === 0 ? [] : [[replica, inOrder(series)]])));
}

function addTo(series: Map<number, LoadPoint>, point: LoadPoint, { from, to, step }: Span): void {
  if (point.at < from || point.at >= to) return;
  const at = point.at - ((point.at - from) % step);
  const sum = series.get(at);
  series.set(at, sum === undefined ? { ...point, at } : addStep(sum, point));
}

/** The clock of a machine may have gone back. */
function inOrder(series: ReadonlyMap<number, LoadPoint>): readonly LoadPoint[] {
  return [...series.values()].toSorted((a, b) => a.at - b.at);
}

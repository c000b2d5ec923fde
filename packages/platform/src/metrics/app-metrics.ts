import type { AppId } from "@appenv/protocol";
import type { SecondListener, FollowedReplica } from "./app-load.ts";
import type { LoadPoint } from "./load-point.ts";
import { readSeries, type SeriesPoints } from "./read-series.ts";
import { type AppTotal, MetricsRecorder } from "./recorder.ts";
import { minute } from "./series.ts";
import { readSpan, type Span, type WantedSpan } from "./span.ts";
import { MetricsStore } from "./store.ts";

/** Takes the load of replicas. */
export interface LoadSink {
  /** Records the load of a replica until it has ended. @param outerPid - Its process, if those below it count too. */
  follow(app: AppId, replica: FollowedReplica, outerPid?: number): void;
  /** Deletes everything about an app. */
  remove(app: AppId): void;
}

/** The load of apps: records it, keeps it, and gives it out. */
export interface AppMetrics extends LoadSink {
  /** The load of an app in steps. @throws AppEnvError INVALID_OPTION. */
  read(app: AppId, wanted: WantedSpan, byReplica: boolean): { readonly span: Span; readonly series: SeriesPoints };
  /** Calls `listener` with every second of an app, until it is removed or the returned function is called. */
  watch(app: AppId, listener: SecondListener): () => void;
  /** The last minute of each app of a project and domain that has replicas; an empty project or domain: of all. */
  lastMinutes(place: Pick<AppId, "project" | "domain">): readonly { readonly app: AppId; readonly point: LoadPoint }[];
  /** The load since the platform began of each app that has had replicas. */
  totals(): readonly AppTotal[];
  /** Stores what is not stored yet. */
  close(): void;
}

/** @param file - The database. It is made with the first load that there is. */
export function openAppMetrics(file: string): AppMetrics {
  const store = new MetricsStore(file);
  const recorder = new MetricsRecorder(store);
  const read: AppMetrics["read"] = (app, wanted, byReplica) => {
    const span = readSpan(wanted, now());
    recorder.flush(now());
    return { span, series: readSeries(store, app, span, byReplica) };
  };
  return {
    follow: (app, replica, outerPid) => recorder.follow(app, replica, outerPid),
    remove: (app) => recorder.remove(app),
    read,
    watch: (app, listener) => recorder.watch(app, listener),
    lastMinutes: (place) =>
      recorder.running(place).flatMap((app) => {
        const { series } = read(app, { from: now() - minute, step: minute }, false);
        const [point] = series.get("") ?? [];
        return point === undefined ? [] : [{ app, point }];
      }),
    totals: () => recorder.totals(),
    close: () => {
      recorder.close();
      store.close();
    },
  };
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

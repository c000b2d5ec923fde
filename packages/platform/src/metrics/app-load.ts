import type { ReplicaLoad } from "@appenv/runtime/ipc";
import type { AppId } from "@appenv/protocol";
import type { InnerProcesses } from "./inner-processes.ts";
import { addReplica, addStep, emptyPoint, pointSince, spread, type LoadPoint } from "./load-point.ts";
import { minute, Series } from "./series.ts";
import type { SeriesChunks } from "./tables.ts";

/** A replica whose reports are read. */
export interface FollowedReplica {
  readonly name: string;
  /** Its last report. */
  readonly load: ReplicaLoad | undefined;
  /** Set once it has ended. */
  readonly exited: object | undefined;
}

/** The load of an app in one second. */
export interface SecondOfApp {
  readonly app: LoadPoint;
  /** By the name of the replica. */
  readonly replicas: ReadonlyMap<string, LoadPoint>;
}

/** Called with each second of an app; with undefined when the app is removed. */
export type SecondListener = (second: SecondOfApp | undefined) => void;

interface Followed {
  readonly series: Series;
  readonly outerPid: number | undefined;
  counted: ReplicaLoad | undefined;
  /** The second until which it is counted, since 1970. */
  countedAt: number;
}

/**
 * Maximum seconds over which a load is spread when the platform was too busy to look at it every second. After a longer time, such
 * as the sleep of a laptop, it is taken for the load of one second.
 */
const mostMissed = 30;

/** The load of an app that has replicas or is watched. */
export class AppLoad {
  readonly id: AppId;
  /** Called with each second. */
  readonly listeners: Set<SecondListener> = new Set();
  readonly #series: Series = new Series();
  readonly #replicas: Map<FollowedReplica, Followed> = new Map();
  /** The series of replicas that have ended, until they are stored. */
  readonly #ended: Map<string, Series> = new Map();
  readonly #inner: InnerProcesses;
  #recordedAt = 0;

  constructor(id: AppId, inner: InnerProcesses) {
    this.id = id;
    this.#inner = inner;
  }

  /** The number of its replicas. */
  get replicas(): number {
    return this.#replicas.size;
  }

  /** @param outerPid - Its process, if those below it count too. */
  follow(replica: FollowedReplica, outerPid: number | undefined): void {
    this.#replicas.set(replica, { series: new Series(), outerPid, counted: undefined, countedAt: 0 });
  }

  /**
   * Records a second that has just ended, since 1970, and those before it that were missed; of one that was recorded before, what
   * has come since. The answer is the load of all of them.
   */
  record(at: number): LoadPoint {
    const seconds = new Map<number, Map<string, LoadPoint>>([[at, new Map()]]);
    for (const [replica, followed] of this.#replicas) {
      for (const point of this.#recordReplica(at, replica, followed)) {
        const replicas = seconds.get(point.at) ?? new Map<string, LoadPoint>();
        seconds.set(point.at, replicas.set(replica.name, point));
      }
      if (replica.exited !== undefined) this.#endReplica(replica, followed.series);
    }
    const inOrder = [...seconds].toSorted(([one], [other]) => one - other);
    const points = inOrder.map(([each, replicas]) => this.#recordSecond(each, replicas));
    return { ...points.reduce(addStep), at };
  }

  #recordSecond(at: number, replicas: ReadonlyMap<string, LoadPoint>): LoadPoint {
    const app = [...replicas.values()].reduce(addReplica, emptyPoint(at));
    if (replicas.size > 0) this.#add(app);
    for (const listener of this.listeners) listener({ app, replicas });
    return app;
  }

  /** True if nothing more will come: no replica is left, nobody watches, and the last minute is over. */
  isOver(at: number): boolean {
    const minuteIsOver = Math.floor((at + 1) / minute) > Math.floor(this.#recordedAt / minute);
    return this.#replicas.size === 0 && this.listeners.size === 0 && minuteIsOver;
  }

  /** Ends it with what its replicas have reported until now. */
  end(at: number): void {
    if (this.#replicas.size > 0 && at > this.#recordedAt) this.record(at);
    for (const { series } of this.#replicas.values()) series.endMinute();
    this.#series.endMinute();
  }

  /** Gives out the chunks that are not on disk yet, or not as they are now. */
  takeChanged(): readonly SeriesChunks[] {
    const live = [...this.#replicas].map(([{ name }, { series }]) => [name, series] as const);
    const all = [["", this.#series] as const, ...live, ...this.#ended];
    this.#ended.clear();
    const changed = all.map(([replica, series]) => ({ app: this.id, replica, chunks: series.takeChanged() }));
    return changed.filter(({ chunks }) => chunks.length > 0);
  }

  #add(point: LoadPoint): void {
    this.#series.add(point);
    this.#recordedAt = point.at;
  }

  #endReplica(replica: FollowedReplica, series: Series): void {
    series.endMinute();
    this.#replicas.delete(replica);
    this.#ended.set(replica.name, series);
  }

  /** Its load by the second; nothing of a replica that has reported nothing yet. */
  #recordReplica(at: number, { load }: FollowedReplica, followed: Followed): readonly LoadPoint[] {
    if (load === undefined) return [];
    const { series, outerPid, counted, countedAt } = followed;
    const whole = outerPid === undefined ? load : this.#inner.addTo(load, outerPid, at);
    const point = pointSince(at, whole, counted);
    followed.counted = whole;
    followed.countedAt = at;
    const seconds = at - countedAt;
    const points = seconds > 1 && seconds <= mostMissed ? spread(point, seconds) : [point];
    for (const each of points) series.add(each);
    return points;
  }
}

import { isolated } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { AppLoad, type FollowedReplica, type SecondListener } from "./app-load.ts";
import { nextSecond, type Clock } from "./clock.ts";
import { InnerProcesses } from "./inner-processes.ts";
import { addStep, emptyPoint, type LoadPoint } from "./load-point.ts";
import type { MetricsStore } from "./store.ts";

/** The load of an app since the platform began. */
export interface AppTotal {
  readonly app: AppId;
  /** Its counts; of what is no count the highest number. */
  readonly sum: LoadPoint;
  /** Its last second. */
  readonly last: LoadPoint;
}

/** Interval between two writes, in seconds. */
const writeEvery = 10;

/**
 * Looks once a second at the load of all apps that have replicas or are watched, and stores it in batches. Without such an app
 * it does nothing: no timer runs.
 */
export class MetricsRecorder {
  readonly #store: MetricsStore;
  readonly #clock: Clock;
  readonly #inner: InnerProcesses = new InnerProcesses();
  readonly #apps: Map<string, AppLoad> = new Map();
  readonly #totals: Map<string, AppTotal> = new Map();
  #stopTimer: (() => void) | undefined;
  #writtenAt = 0;

  constructor(store: MetricsStore, clock: Clock = nextSecond) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Records the load of a replica until it has ended. @param outerPid - Its process, if those below it count too. */
  follow(app: AppId, replica: FollowedReplica, outerPid?: number): void {
    this.#appOf(app).follow(replica, outerPid);
    this.#start();
  }

  /** Calls `listener` with every second of an app, until it is removed or the returned function is called. */
  watch(app: AppId, listener: SecondListener): () => void {
    const load = this.#appOf(app);
    load.listeners.add(listener);
    this.#start();
    return () => void load.listeners.delete(listener);
  }

  /** The apps of a project and domain that have replicas, by their names; an empty project or domain: of all. */
  running({ project, domain }: Pick<AppId, "project" | "domain">): readonly AppId[] {
    const running = [...this.#apps.values()].filter(({ replicas }) => replicas > 0).map(({ id }) => id);
    return running
      .filter((id) => (project === "" || id.project === project) && (domain === "" || id.domain === domain))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The totals of every app that has had replicas since this began. */
  totals(): readonly AppTotal[] {
    return [...this.#totals.values()];
  }

  /** Writes all that is not on disk yet. */
  flush(now: number): void {
    this.#writtenAt = now;
    const written = [...this.#apps.values()].flatMap((app) => app.takeChanged());
    if (written.length > 0) this.#store.write(written, now);
  }

  /** Forgets an app. */
  remove(app: AppId): void {
    const load = this.#apps.get(keyOf(app));
    this.#apps.delete(keyOf(app));
    this.#totals.delete(keyOf(app));
    this.#store.remove(app);
    for (const listener of load?.listeners ?? []) listener(undefined);
  }

  /** Ends, and stores everything. */
  close(): void {
    this.#stop();
    const now = Math.floor(Date.now() / 1_000);
    for (const app of this.#apps.values()) app.end(now);
    this.flush(now);
    this.#apps.clear();
  }

  #appOf(id: AppId): AppLoad {
    const key = keyOf(id);
    const app = this.#apps.get(key) ?? new AppLoad(id, this.#inner);
    this.#apps.set(key, app);
    return app;
  }

  #start(): void {
    this.#stopTimer ??= this.#clock((at) => this.#onSecond(at));
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** @param at - The second that has just ended, since 1970. */
  #onSecond(at: number): void {
    for (const [key, app] of this.#apps) {
      isolated(`The load of '${app.id.name}' could not be recorded`, () => this.#addTotal(key, app, app.record(at)));
      if (app.isOver(at)) this.#drop(key, app, at);
    }
    if (at - this.#writtenAt >= writeEvery || at < this.#writtenAt) this.flush(at);
    if (this.#apps.size === 0) this.#stop();
  }

  #addTotal(key: string, { id }: AppLoad, last: LoadPoint): void {
    const before = this.#totals.get(key);
    if (before === undefined && last.replicas === 0) return;
    this.#totals.set(key, { app: id, sum: addStep(before?.sum ?? emptyPoint(last.at), last), last });
  }

  #drop(key: string, app: AppLoad, at: number): void {
    app.end(at);
    this.flush(at);
    this.#apps.delete(key);
  }
}

function keyOf({ project, domain, name }: AppId): string {
  return `${project}/${domain}/${name}`;
}

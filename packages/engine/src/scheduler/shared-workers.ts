import type { ActionError } from "@appenv/runtime";
import type { RunEnv, Workers, WorkerSpec } from "../contracts/workers.ts";
import { envKey } from "../workers/env-key.ts";
import { startErrorOf } from "../workers/errors.ts";
import { WorkerGroup, WorkerPlaces } from "./worker-group.ts";

/** Number of further processes that are tried when one crashed before it could take jobs: it may not be their fault. */
const startCrashes = 2;
/** Number of jobs in each worker from which another one is worth its start, if there is a processor for it. */
const spread = 8;

/** The needs of an environment's workers. */
export interface SharedWorkersOptions {
  readonly workers: Workers;
  /** Starts the jobs of the environment that may start. */
  readonly dispatch: () => void;
  /** Called when it has no worker any more, and nothing waits for one. */
  readonly onEmpty: () => void;
}

/**
 * The workers of one environment's version, each with several attempts at once.
 *
 * - The first worker of a group starts with its first job. Another one starts when all are full or have a blocked event
 *   loop; or when there are 8 jobs for each, while a processor is left for the platform. One at a time, and never so that
 *   more than `reusable.replicas` compute.
 * - A run's env vars are those of its processes: jobs of runs with other env vars are in other groups. If a group has no
 *   worker and there is no room for one, the worker that has been there longest gets no more jobs, and makes room.
 */
export class SharedWorkers {
  readonly #options: SharedWorkersOptions;
  readonly #groups = new Map<string, WorkerGroup>();
  /** Workers that make room for another group. */
  readonly #yielding = new Set<WorkerPlaces>();
  #scheduled = false;
  #closed = false;

  constructor(options: SharedWorkersOptions) {
    this.#options = options;
  }

  /** The workers for runs with these env vars. */
  group(spec: WorkerSpec, env: RunEnv): WorkerGroup {
    const key = envKey(env);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const made = new WorkerGroup(spec, env, () => this.#schedule());
    this.#groups.set(key, made);
    return made;
  }

  /** Starts no more workers. */
  close(): void {
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#look();
    });
  }

  #look(): void {
    this.#options.dispatch();
    for (const [key, group] of this.#groups) {
      if (wantsWorker(group, this.#options.workers.processors)) this.#startWorker(group);
      if (group.waiting === 0 && group.workers.size === 0) this.#groups.delete(key);
    }
    if (this.#groups.size === 0) this.#options.onEmpty();
  }

  #startWorker(group: WorkerGroup): void {
    const { replicas } = group.spec.definition.reusable;
    const all = [...this.#groups.values()].flatMap(({ workers }) => [...workers]);
    const others = all.filter((each) => !group.workers.has(each) && each.worker.state === "working");
    if (all.filter((each) => this.#isBusy(each)).length >= replicas) {
      // With workers of its own the group waits for their room; without, groups take turns.
      if (group.live.length === 0 && this.#yielding.size === 0) this.#yield(others[0]);
      return;
    }
    if (all.length >= replicas) others.find(({ worker }) => worker.size === 0)?.worker.leave();
    this.#start(group);
  }

  #yield(places: WorkerPlaces | undefined): void {
    if (places === undefined) return;
    this.#yielding.add(places);
    places.worker.leave();
  }

  /** One that has to leave because an attempt is stuck in it is not in the way of others. */
  #isBusy(places: WorkerPlaces): boolean {
    const { state } = places.worker;
    return state === "starting" || (places.computing > 0 && (state === "working" || this.#yielding.has(places)));
  }

  #start(group: WorkerGroup): void {
    try {
      const worker = this.#options.workers.start(group.spec, group.env, () => this.#changed(group, places));
      const places = new WorkerPlaces(worker);
      group.workers.add(places);
      if (worker.state === "working") this.#changed(group, places);
    } catch (error) {
      this.#fail(group, startErrorOf(error));
    }
  }

  #changed(group: WorkerGroup, places: WorkerPlaces): void {
    const { worker } = places;
    if (worker.state === "working" && worker.hasServed) group.crashes = 0;
    if (worker.state === "ended") this.#ended(group, places);
    group.blocked = false;
    this.#schedule();
  }

  #ended(group: WorkerGroup, places: WorkerPlaces): void {
    group.workers.delete(places);
    this.#yielding.delete(places);
    const { failure } = places.worker;
    if (failure === undefined) return;
    if (group.live.length > 0) group.retryAt = performance.now() + this.#options.workers.retryMs;
    else if (failure.crashed && group.crashes < startCrashes) this.#rest(group);
    else this.#fail(group, failure.error);
  }

  #rest(group: WorkerGroup): void {
    group.crashes += 1;
    group.resting = true;
    const wake = (): void => {
      group.resting = false;
      this.#schedule();
    };
    setTimeout(wake, this.#options.workers.restartDelay(group.crashes)).unref();
  }

  /** Fails the jobs that may start; the ones that a limit holds back are for another process. */
  #fail(group: WorkerGroup, error: ActionError): void {
    group.crashes = 0;
    group.failure = error;
    group.blocked = false;
    this.#options.dispatch();
    group.failure = undefined;
  }
}

function wantsWorker(group: WorkerGroup, processors: number): boolean {
  if (group.resting) return false;
  const { live } = group;
  if (live.some(({ worker }) => worker.state === "starting")) return false;
  const wanted = group.blocked && group.waiting > 0;
  if (live.length === 0 || performance.now() < group.retryAt) return live.length === 0 && wanted;
  const computing = live.reduce((sum, each) => sum + each.computing, 0);
  return wanted || (live.length < processors - 1 && computing >= live.length * spread);
}

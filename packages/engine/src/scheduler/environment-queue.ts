import type { Workers } from "../contracts/workers.ts";
import { Entry, type EntryQueue } from "./entry.ts";
import { Fifo } from "./fifo.ts";
import { IsolatedPlaces, type Processors } from "./isolated-places.ts";
import type { Place, Places } from "./places.ts";
import type { Queues } from "./queues.ts";
import { SharedWorkers } from "./shared-workers.ts";
import { isReached, TaskLevel, type Count } from "./task-level.ts";
import type { Job, Turn, WaitReason } from "./turn.ts";
import type { StrandOwner } from "./waiting.ts";

/** Waiting jobs of one priority: tasks take turns. */
interface Level {
  readonly priority: number;
  readonly tasks: Map<Count, TaskLevel>;
  /** Tasks with something that may start. */
  readonly turns: Fifo<TaskLevel>;
}

/** The queue of an environment: the highest priority first, then its tasks take turns, and within a task keys and runs do. */
export class EnvironmentQueue implements EntryQueue, StrandOwner {
  readonly #workers: Workers;
  readonly #queues: Queues;
  readonly #environment: Count = { limit: 0, taken: 0 };
  /** Of jobs that share workers. */
  readonly #workerPlaces: Count = { limit: 0, taken: 0 };
  readonly #tasks = new Map<string, Count>();
  /** The highest priority first. */
  readonly #levels: Level[] = [];
  readonly #isolated: IsolatedPlaces;
  /** The workers of each version. */
  readonly #shared = new Map<string, SharedWorkers>();
  #dispatching = false;
  #again = false;
  #closed = false;

  constructor(workers: Workers, processors: Processors, queues: Queues) {
    this.#workers = workers;
    this.#queues = queues;
    this.#isolated = new IsolatedPlaces(processors, () => this.dispatch());
  }

  /** Calls `start` when it is the job's turn: perhaps before this returns. */
  add(job: Job, start: (turn: Turn) => void): Turn {
    const { limits } = job;
    this.#environment.limit = limits.environment;
    if (!job.spec.isolated) this.#workerPlaces.limit = limits.workerPlaces;
    this.#taskOf(job).limit = limits.task;
    const entry = new Entry(job, this.#queues.gate(job), this, start);
    this.#enqueue(entry, "last");
    this.dispatch();
    return entry;
  }

  count(entry: Entry, by: 1 | -1): void {
    const { job, place } = entry;
    this.#environment.taken += by;
    this.#taskOf(job).taken += by;
    if (!job.spec.isolated) this.#workerPlaces.taken += by;
    if (place !== undefined) place.computing += by;
    if (by < 0) entry.places?.freed();
    entry.gate.count(entry, by);
  }

  leave(entry: Entry): void {
    const level = this.#levelOf(entry.job.priority);
    const task = level.tasks.get(this.#taskOf(entry.job));
    task?.leave(entry);
    entry.gate.leave(entry);
    if (task !== undefined) this.#tidy(level, task);
  }

  putBack(entry: Entry): void {
    this.#enqueue(entry, "first");
    this.dispatch();
  }

  dispatch(): void {
    this.#queues.dispatchWoken(this);
  }

  /** Starts what may start. What starts may end at once, and come back here. */
  startAll(): void {
    this.#again = true;
    if (this.#dispatching || this.#closed) return;
    this.#dispatching = true;
    try {
      while (this.#again) {
        this.#again = false;
        for (let next = this.#next(); next !== undefined; next = this.#next()) {
          next.entry.gate.leave(next.entry);
          next.entry.begin(next.place);
        }
      }
    } finally {
      this.#dispatching = false;
    }
  }

  whyWaiting(entry: Entry): WaitReason {
    const { job, places } = entry;
    const byQueue = entry.gate.whyWaiting(entry);
    if (byQueue !== undefined) return byQueue;
    const limits = { environment: this.#environment, task: this.#taskOf(job) };
    const reached = Object.entries({ ...limits, ...(!job.spec.isolated && { workerPlaces: this.#workerPlaces }) }).find(
      ([, count]) => isReached(count),
    );
    if (reached !== undefined) {
      const [of, { limit }] = reached as [keyof Job["limits"], Count];
      return { kind: "limit", of, limit };
    }
    return places?.blocked === true ? places.whyWaiting() : { kind: "turn" };
  }

  /** Starts nothing more. */
  close(): void {
    this.#closed = true;
    for (const workers of this.#shared.values()) workers.close();
  }

  /** The next job that has a place, of the highest priority. */
  #next(): { readonly entry: Entry; readonly place: Place } | undefined {
    // Levels of which nothing waits any more are taken out meanwhile.
    for (const level of this.#levels.slice()) {
      for (let passed = 0; passed < level.turns.length && !isReached(this.#environment);) {
        const task = level.turns.shift() as TaskLevel;
        task.inTurn = false;
        const next = isReached(task.task) ? undefined : task.next(this.#skips);
        if (task.mayStart) this.#takesTurns(level, task);
        else this.#tidy(level, task);
        if (next !== undefined) return next;
        if (task.inTurn) passed += 1;
      }
    }
    return undefined;
  }

  #skips = (places: Places): boolean => places !== this.#isolated && isReached(this.#workerPlaces);

  #enqueue(entry: Entry, where: "first" | "last"): void {
    const { job, gate } = entry;
    entry.places = this.#placesOf(job);
    const level = this.#levelOf(job.priority);
    const count = this.#taskOf(job);
    let task = level.tasks.get(count);
    if (task === undefined) {
      const rejoined = (one: TaskLevel): void => this.#takesTurns(level, one);
      task = new TaskLevel(count, job.priority, { owner: this, next: this.#queues.next, rejoined });
      level.tasks.set(count, task);
    }
    task.add(entry, entry.places, gate, where);
    gate.enter(entry);
    this.#takesTurns(level, task);
  }

  #takesTurns({ turns }: Level, task: TaskLevel): void {
    if (task.inTurn || !task.mayStart) return;
    task.inTurn = true;
    turns.push(task);
  }

  /** Forgets a task of which nothing waits, and a priority with none left. */
  #tidy(level: Level, task: TaskLevel): void {
    if (!task.isEmpty || task.inTurn) return;
    level.tasks.delete(task.task);
    const index = level.tasks.size === 0 ? this.#levels.indexOf(level) : -1;
    if (index >= 0) this.#levels.splice(index, 1);
  }

  #levelOf(priority: number): Level {
    const index = this.#levels.findIndex((level) => level.priority <= priority);
    const known = index < 0 ? undefined : this.#levels[index];
    if (known?.priority === priority) return known;
    const level: Level = { priority, tasks: new Map(), turns: new Fifo() };
    this.#levels.splice(index < 0 ? this.#levels.length : index, 0, level);
    return level;
  }

  #taskOf({ task: name, limits }: Job): Count {
    const known = this.#tasks.get(name);
    if (known !== undefined) return known;
    const task: Count = { limit: limits.task, taken: 0 };
    this.#tasks.set(name, task);
    return task;
  }

  #placesOf({ spec, env }: Job): Places {
    return spec.isolated ? this.#isolated : this.#sharedOf(spec.key).group(spec, env);
  }

  #sharedOf(key: string): SharedWorkers {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made: SharedWorkers = new SharedWorkers({
      workers: this.#workers,
      dispatch: () => this.dispatch(),
      onEmpty: () => {
        if (this.#shared.get(key) === made) this.#shared.delete(key);
      },
    });
    this.#shared.set(key, made);
    return made;
  }
}

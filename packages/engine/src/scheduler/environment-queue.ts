import type { Workers } from "../contracts/workers.ts";
import { Entry, type EntryQueue } from "./entry.ts";
import { Fifo } from "./fifo.ts";
import { IsolatedPlaces, type Processors } from "./isolated-places.ts";
import type { Place, Places } from "./places.ts";
import { SharedWorkers } from "./shared-workers.ts";
import type { Job, Turn, WaitReason } from "./turn.ts";

/** A count with a limit. */
interface Count {
  limit: number;
  taken: number;
}

/** The waiting jobs of one run of a task. */
interface RunQueue {
  readonly run: number;
  readonly entries: Fifo<Entry>;
  /** Position in the order in which runs of the environment began to wait for their turn. */
  since: number;
}

/** The waiting jobs of a task that go to the same workers; runs take turns. */
interface Line {
  readonly places: Places;
  readonly runs: Map<number, RunQueue>;
  readonly turns: Fifo<RunQueue>;
  waiting: number;
}

interface TaskQueue extends Count {
  readonly lines: Map<Places, Line>;
  waiting: number;
  inTurn: boolean;
}

/** The queue of an environment: its tasks take turns, and within a task runs do. */
export class EnvironmentQueue implements EntryQueue {
  readonly #workers: Workers;
  readonly #environment: Count = { limit: 0, taken: 0 };
  /** Of jobs that share workers. */
  readonly #workerPlaces: Count = { limit: 0, taken: 0 };
  readonly #tasks = new Map<string, TaskQueue>();
  /** Tasks with something that waits. */
  readonly #turns = new Fifo<TaskQueue>();
  readonly #isolated: IsolatedPlaces;
  /** The workers of each version. */
  readonly #shared = new Map<string, SharedWorkers>();
  #since = 0;
  #dispatching = false;
  #again = false;
  #closed = false;

  constructor(workers: Workers, processors: Processors) {
    this.#workers = workers;
    this.#isolated = new IsolatedPlaces(processors, () => this.dispatch());
  }

  /** Calls `start` when it is the job's turn: perhaps before this returns. */
  add(job: Job, start: (turn: Turn) => void): Turn {
    const { limits } = job;
    this.#environment.limit = limits.environment;
    if (!job.spec.isolated) this.#workerPlaces.limit = limits.workerPlaces;
    this.#taskOf(job).limit = limits.task;
    const entry = new Entry(job, this, start);
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
  }

  leave({ job, places }: Entry): void {
    const task = this.#taskOf(job);
    const line = places && task.lines.get(places);
    // It stays in the list of its run until its turn comes, unless nothing else waits.
    if (line !== undefined) this.#waits(task, line, -1);
  }

  putBack(entry: Entry): void {
    this.#enqueue(entry, "first");
    this.dispatch();
  }

  /** Starts what may start. What starts may end at once, and come back here. */
  dispatch(): void {
    this.#again = true;
    if (this.#dispatching || this.#closed) return;
    this.#dispatching = true;
    try {
      while (this.#again) {
        this.#again = false;
        this.#startAll();
      }
    } finally {
      this.#dispatching = false;
    }
  }

  whyWaiting({ job, places }: Entry): WaitReason {
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

  #startAll(): void {
    let passed = 0;
    while (!isReached(this.#environment) && passed < this.#turns.length) {
      const task = this.#turns.shift() as TaskQueue;
      const next = isReached(task) ? undefined : this.#next(task);
      task.inTurn = task.waiting > 0;
      if (task.inTurn) this.#turns.push(task);
      if (next !== undefined) {
        passed = 0;
        next.entry.begin(next.place);
      } else if (task.inTurn) passed += 1;
    }
  }

  /** The next of a task that has a place: the first of the run that has waited longest for its turn. */
  #next(task: TaskQueue): { readonly entry: Entry; readonly place: Place } | undefined {
    for (let line = this.#firstLine(task); line !== undefined; line = this.#firstLine(task)) {
      const place = line.places.take();
      if (place === undefined) {
        line.places.blocked = true;
        continue;
      }
      const entry = this.#shift(line);
      this.#waits(task, line, -1);
      if (entry !== undefined) return { entry, place };
    }
    return undefined;
  }

  #firstLine({ lines }: TaskQueue): Line | undefined {
    let first: Line | undefined;
    for (const line of lines.values()) {
      if (line.places.blocked || (line.places !== this.#isolated && isReached(this.#workerPlaces))) continue;
      if (first === undefined || sinceOf(line) < sinceOf(first)) first = line;
    }
    return first;
  }

  #shift({ turns, runs }: Line): Entry | undefined {
    for (let run = turns.shift(); run !== undefined; run = turns.shift()) {
      const entry = firstWaiting(run.entries);
      if (run.entries.length === 0) runs.delete(run.run);
      else turns.push(Object.assign(run, { since: (this.#since += 1) }));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #enqueue(entry: Entry, where: "first" | "last"): void {
    const { job } = entry;
    const task = this.#taskOf(job);
    entry.places = this.#placesOf(job);
    const line = this.#lineOf(task, entry.places);
    const known = line.runs.get(job.run);
    const run = known ?? { run: job.run, entries: new Fifo<Entry>(), since: (this.#since += 1) };
    if (where === "first") run.entries.unshift(entry);
    else run.entries.push(entry);
    if (known === undefined) {
      line.runs.set(job.run, run);
      line.turns.push(run);
    }
    this.#waits(task, line, 1);
    if (!task.inTurn) {
      task.inTurn = true;
      this.#turns.push(task);
    }
  }

  #waits(task: TaskQueue, line: Line, by: 1 | -1): void {
    task.waiting += by;
    line.waiting += by;
    line.places.waiting += by;
    if (line.places.waiting === 0) line.places.emptied();
    if (line.waiting === 0) task.lines.delete(line.places);
  }

  #lineOf({ lines }: TaskQueue, places: Places): Line {
    const known = lines.get(places);
    if (known !== undefined) return known;
    const line: Line = { places, runs: new Map(), turns: new Fifo(), waiting: 0 };
    lines.set(places, line);
    return line;
  }

  #taskOf({ task: name, limits }: Job): TaskQueue {
    const known = this.#tasks.get(name);
    if (known !== undefined) return known;
    const task: TaskQueue = { limit: limits.task, taken: 0, lines: new Map(), waiting: 0, inTurn: false };
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

function isReached({ limit, taken }: Count): boolean {
  return taken >= limit;
}

function sinceOf({ turns }: Line): number {
  return turns.first?.since ?? Infinity;
}

function firstWaiting(entries: Fifo<Entry>): Entry | undefined {
  for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
    if (entry.state === "waiting") return entry;
  }
  return undefined;
}

import { Fifo } from "./fifo.ts";

/** What the scheduler must know of what waits. */
export interface Job {
  /** Between runs it is fair. */
  readonly run: number;
  /** `project/domain/environment`. */
  readonly environment: string;
  /** Of the environment. */
  readonly task: string;
  /** How many jobs run at once at most: of the environment, of the task, and in the processes that they share. */
  readonly limits: { readonly environment: number; readonly task: number; readonly lane: number };
  /** Whether it has a process to itself; such jobs have a limit of their own. */
  readonly isolated: boolean;
}

/** A count with a limit. */
interface Places {
  limit: number;
  taken: number;
}

interface TaskQueue {
  readonly environment: EnvironmentQueue;
  readonly lane: Places;
  /** Of the task: those that share processes and those that do not. */
  readonly task: Places;
  /** What waits, by run; runs take turns. */
  readonly runs: Map<number, Fifo<Entry>>;
  turns: Fifo<number>;
  waiting: number;
  inTurn: boolean;
}

interface EnvironmentQueue extends Places {
  readonly shared: Places;
  readonly isolated: Places;
  readonly tasks: Map<string, Places>;
  readonly queues: Map<string, TaskQueue>;
  /** Tasks with something that waits. */
  turns: TaskQueue[];
  dispatching: boolean;
  again: boolean;
}

/** A job's place in the queue, then among what runs. */
interface Entry {
  readonly job: Job;
  readonly queue: TaskQueue;
  readonly start: (turn: Turn) => void;
  readonly turn: Turn;
  state: "waiting" | "running" | "paused" | "gone";
}

/** A job that waits or runs. */
export interface Turn {
  /** Gives its place to others until it is resumed, as while it waits for children. */
  pause(): void;
  /** Takes a place again, without waiting: there may be more than the limit for a while, and none starts until then. */
  resume(): void;
  /** It has ended, or need not start any more. May be called twice. */
  release(): void;
}

/**
 * Says when a job starts. Within an environment tasks take turns, and within a task runs do, so that nothing that waits
 * is passed over, however much others have in the queue.
 */
export class Scheduler {
  readonly #environments: Map<string, EnvironmentQueue> = new Map();

  /** Calls `start` when it is the job's turn: perhaps before it returns. */
  add(job: Job, start: (turn: Turn) => void): Turn {
    const queue = this.#queueOf(job);
    const turn = { pause: () => pause(entry), resume: () => resume(entry), release: () => release(entry) };
    const entry: Entry = { job, queue, start, turn, state: "waiting" };
    const ofRun = queue.runs.get(job.run);
    if (ofRun === undefined) {
      const fifo = new Fifo<Entry>();
      fifo.push(entry);
      queue.runs.set(job.run, fifo);
      queue.turns.push(job.run);
    } else {
      ofRun.push(entry);
    }
    queue.waiting += 1;
    if (!queue.inTurn) {
      queue.inTurn = true;
      queue.environment.turns.push(queue);
    }
    dispatch(queue.environment);
    return turn;
  }

  #queueOf(job: Job): TaskQueue {
    const environment = this.#environmentOf(job);
    const lane = job.isolated ? environment.isolated : environment.shared;
    lane.limit = job.limits.lane;
    const key = `${job.isolated ? "isolated" : "shared"} ${job.task}`;
    const task = environment.tasks.get(job.task) ?? { limit: 0, taken: 0 };
    environment.tasks.set(job.task, task);
    task.limit = job.limits.task;
    const known = environment.queues.get(key);
    if (known !== undefined) return known;
    const queue: TaskQueue = {
      environment,
      lane,
      task,
      runs: new Map(),
      turns: new Fifo(),
      waiting: 0,
      inTurn: false,
    };
    environment.queues.set(key, queue);
    return queue;
  }

  #environmentOf({ environment: name, limits }: Job): EnvironmentQueue {
    const known = this.#environments.get(name);
    if (known !== undefined) {
      known.limit = limits.environment;
      return known;
    }
    const environment: EnvironmentQueue = {
      limit: limits.environment,
      taken: 0,
      shared: { limit: 0, taken: 0 },
      isolated: { limit: 0, taken: 0 },
      tasks: new Map(),
      queues: new Map(),
      turns: [],
      dispatching: false,
      again: false,
    };
    this.#environments.set(name, environment);
    return environment;
  }
}

/** Starts what may start. What starts may end at once, and come back here. */
function dispatch(environment: EnvironmentQueue): void {
  environment.again = true;
  if (environment.dispatching) return;
  environment.dispatching = true;
  try {
    while (environment.again) {
      environment.again = false;
      startAll(environment);
    }
  } finally {
    environment.dispatching = false;
  }
}

function startAll(environment: EnvironmentQueue): void {
  const { turns } = environment;
  let passed = 0;
  while (environment.taken < environment.limit && passed < turns.length) {
    const queue = turns.shift() as TaskQueue;
    if (queue.task.taken >= queue.task.limit || queue.lane.taken >= queue.lane.limit) {
      turns.push(queue);
      passed += 1;
      continue;
    }
    const entry = take(queue);
    queue.inTurn = queue.waiting > 0;
    if (queue.inTurn) turns.push(queue);
    if (entry === undefined) continue;
    passed = 0;
    entry.state = "running";
    count(entry, 1);
    entry.start(entry.turn);
  }
}

/** The next of a task: the first of the run whose turn it is. */
function take(queue: TaskQueue): Entry | undefined {
  for (let run = queue.turns.shift(); run !== undefined; run = queue.turns.shift()) {
    const fifo = queue.runs.get(run);
    const entry = firstWaiting(fifo);
    if (fifo === undefined || fifo.length === 0) queue.runs.delete(run);
    else queue.turns.push(run);
    if (entry === undefined) continue;
    queue.waiting -= 1;
    return entry;
  }
  return undefined;
}

function firstWaiting(fifo: Fifo<Entry> | undefined): Entry | undefined {
  for (let entry = fifo?.shift(); entry !== undefined; entry = fifo?.shift()) {
    if (entry.state === "waiting") return entry;
  }
  return undefined;
}

function pause(entry: Entry): void {
  if (entry.state !== "running") return;
  entry.state = "paused";
  count(entry, -1);
  dispatch(entry.queue.environment);
}

function resume(entry: Entry): void {
  if (entry.state !== "paused") return;
  entry.state = "running";
  count(entry, 1);
}

function release(entry: Entry): void {
  const { state, queue } = entry;
  if (state === "gone") return;
  entry.state = "gone";
  if (state === "running") count(entry, -1);
  if (state === "waiting") leave(queue);
  dispatch(queue.environment);
}

/** One that waited is gone. It stays in its list until its turn comes, unless nothing else waits. */
function leave(queue: TaskQueue): void {
  queue.waiting -= 1;
  if (queue.waiting > 0) return;
  queue.runs.clear();
  queue.turns = new Fifo();
}

function count({ queue }: Entry, by: number): void {
  queue.task.taken += by;
  queue.lane.taken += by;
  queue.environment.taken += by;
}

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TaskDefinition } from "@appenv/protocol";
import type { ActionOutcome, ActionRequest, AttemptStart } from "@appenv/runtime";
import { onTestFinished } from "vitest";
import { processEnv } from "../../src/replicas/pool/process-env.ts";
import { ProcessPool } from "../../src/replicas/pool/process-pool.ts";
import type { AttemptEnd, AttemptListener, RunningAttempt } from "../../../engine/src/contracts/attempts.ts";
import type { Workers, WorkerSpec } from "../../../engine/src/contracts/workers.ts";
import { Scheduler } from "../../../engine/src/scheduler/scheduler.ts";
import type { Turn } from "../../../engine/src/scheduler/turn.ts";
import { createWorkers, type WorkersOptions } from "../../../engine/src/workers/workers.ts";
import { createTaskProcesses } from "../../src/tasks/task-processes.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

/** The outcome of an attempt. */
export type End = AttemptEnd;

/** An attempt and everything its listener was told. */
export interface Watched {
  readonly running: RunningAttempt;
  /** The names of the calls, in their order. */
  readonly calls: string[];
  readonly lines: string[];
  readonly requests: ActionRequest[];
  readonly progress: unknown[];
  readonly reports: string[];
  readonly started: Promise<{ readonly name: string; readonly pid: number }>;
  readonly requested: Promise<ActionRequest>;
  readonly ended: Promise<End>;
}

/** A scheduler with workers over processes that do what the names of their tasks say. */
export interface WorkersFixture {
  readonly workers: Pick<Workers, "close">;
  start(task: string, changes?: Partial<AttemptStart>, spec?: Partial<WorkerSpec>): Watched;
}

const script = fileURLToPath(new URL("scripted-worker.ts", import.meta.url));

/** Starts workers with processes of `entry`, by default the scripted one. */
export function startWorkers(
  { pool: given, ...options }: Partial<WorkersOptions> & { readonly pool?: ProcessPool } = {},
  definition: TaskDefinition = taskDefinition(),
  entry: string = script,
  env: Readonly<Record<string, string>> = {},
): WorkersFixture {
  const directory = tempDirectory();
  const pool = given ?? new ProcessPool({ entry, env: processEnv(env) });
  const workers = createWorkers({
    processes: createTaskProcesses({
      pool,
      objects: join(directory, "objects"),
      launch: { apiEndpoint: "http://localhost:0", bundleFile: (uri) => uri, compileCache: join(directory, "cache") },
    }),
    ...options,
  });
  onTestFinished(async () => {
    await workers.close();
    await pool.close();
  });
  const scheduler = new Scheduler(workers);
  return {
    workers: {
      close: async () => {
        scheduler.close();
        await workers.close();
      },
    },
    start: (task, changes, spec) => watch(scheduler, definition, task, changes, spec),
  };
}

function watch(
  scheduler: Scheduler,
  definition: TaskDefinition,
  task: string,
  changes: Partial<AttemptStart> = {},
  spec: Partial<WorkerSpec> = {},
): Watched {
  const started = Promise.withResolvers<{ name: string; pid: number }>();
  const requested = Promise.withResolvers<ActionRequest>();
  const ended = Promise.withResolvers<End>();
  const seen = {
    calls: [] as string[],
    lines: [] as string[],
    requests: [] as ActionRequest[],
    progress: [] as unknown[],
    reports: [] as string[],
  };
  const listener: AttemptListener = {
    started: (worker) => {
      seen.calls.push("started");
      started.resolve(worker);
    },
    request: (request) => {
      seen.requests.push(request);
      requested.resolve(request);
    },
    scope: () => {},
    line: (_at, stream, text) => void seen.lines.push(`${stream} ${text}`),
    metadata: () => {},
    trace: () => {},
    progress: (...args) => void seen.progress.push(args),
    report: (html) => void seen.reports.push(html),
    ended: (end) => {
      seen.calls.push("ended");
      ended.resolve(end);
    },
  };
  const running = schedule(
    scheduler,
    { key: "p/d/tasks@1", project: "p", domain: "d", version: "1", definition, isolated: false, ...spec },
    {
      run: "r1",
      action: "a0",
      task,
      attempt: 1,
      inputs: Buffer.from("in"),
      labels: {},
      envVars: {},
      deadline: undefined,
      ...changes,
    },
    listener,
  );
  return { ...seen, running, started: started.promise, requested: requested.promise, ended: ended.promise };
}

/** Runs an attempt as the engine does: it gives its place away while it waits for an answer. */
function schedule(
  scheduler: Scheduler,
  spec: WorkerSpec,
  given: Omit<AttemptStart, "id">,
  listener: AttemptListener,
): RunningAttempt {
  let running: RunningAttempt | undefined;
  const begin = (mine: Turn): void => {
    running = mine.run(given, {
      ...listener,
      request: (request) => {
        mine.pause();
        listener.request(request);
      },
      ended: (end) => {
        mine.release();
        listener.ended(end);
      },
    });
  };
  const limits = { environment: Infinity, task: Infinity, workerPlaces: Infinity };
  const queue = {
    id: { project: "p", domain: "d", name: `tasks.${given.task}` },
    key: "",
    limits: { concurrency: undefined, rate: undefined },
  };
  const id = { run: given.run, action: given.action };
  const job = {
    id,
    queue,
    priority: 0,
    queuedAt: 0,
    run: 1,
    environment: "p/d/tasks",
    task: given.task,
    limits,
    spec,
    env: given.envVars,
  };
  const turn: Turn = scheduler.add(job, begin);
  return {
    answer: (call, outcome) => {
      turn.resume();
      running?.answer(call, outcome);
    },
    cancel: (reason, message) => {
      if (running !== undefined) return running.cancel(reason, message);
      if (turn.whyWaiting() === undefined) return;
      turn.release();
      const error = { kind: "SYSTEM", code: reason === "aborted" ? "ABORTED" : "TIMED_OUT", message } as const;
      const outcome = { type: reason, error: { ...error, stack: undefined, retryable: reason === "timed-out" } };
      listener.ended({ type: "result", result: { attempt: 0, outcome, report: undefined, requested: undefined } });
    },
    hold: (limitMs) => running?.hold(limitMs),
  };
}

/** The output of an attempt, as text; throws if there is none. */
export function outputOf(end: End): string {
  const outcome: ActionOutcome | undefined = end.type === "result" ? end.result.outcome : undefined;
  if (outcome?.type !== "succeeded") throw new Error(`no output: ${JSON.stringify(end)}`);
  return Buffer.from(outcome.outputs).toString();
}

import { copyFileSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TaskSettings } from "@appenv/core";
import type { ValueType } from "@appenv/core/internal";
import type { ActionId, ActionPhase, TaskDefinition } from "@appenv/protocol";
import { decodeOutput, decodeValue, encodeInputs } from "@appenv/protocol/tasks";
import { expect, onTestFinished } from "vitest";
import { openStateDatabase } from "@appenv-internal/state/database";
import type { TaskEngine } from "../../src/contracts/engine.ts";
import type { NotificationSender } from "../../src/contracts/notifications.ts";
import type { NewRun, RunRecord } from "../../src/contracts/runs.ts";
import type { TaskRecord, TaskRegistry } from "../../src/contracts/tasks.ts";
import type { Clock } from "../../src/live/clock.ts";
import { openTaskEngine } from "../../src/engine.ts";
import type { RunFilesOwner } from "../../src/contracts/files.ts";
import { openTaskRegistry } from "../../src/registry/registry.ts";
import { openTaskStore, type TaskStore } from "../../src/store/task-store.ts";
import { ScriptedWorkers, type Script } from "./engine-workers.ts";
import { taskDefinition as anyTaskDefinition, taskSettings } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

/** A task for tests: what it does, and how it is defined. */
export interface TestTask {
  readonly run: Script;
  readonly settings?: Partial<TaskSettings>;
  readonly inputs?: Readonly<Record<string, ValueType>>;
  readonly output?: ValueType;
  readonly environmentConcurrency?: number;
  readonly reusable?: TaskDefinition["reusable"];
}

/** A platform's engine over a directory, with workers in this process. */
export interface World {
  readonly directory: string;
  readonly store: TaskStore;
  readonly engine: TaskEngine;
  readonly registry: TaskRegistry;
  readonly workers: ScriptedWorkers;
  /** `action attempt stream text`. */
  readonly lines: string[];
  task(name: string): TaskRecord;
  /** Starts a run. */
  run(task: string, inputs?: Record<string, unknown>, options?: Partial<NewRun>): Promise<RunRecord>;
  /** Waits for a run's end. */
  end(run: RunRecord): Promise<RunRecord>;
  /** Starts a run, waits for its end, and gives its output. */
  output(task: string, inputs?: Record<string, unknown>, options?: Partial<NewRun>): Promise<unknown>;
  value(id: ActionId): unknown;
  /** All actions of a run: `phase` by `task name or label`. */
  actions(run: RunRecord): { readonly name: string; readonly phase: ActionPhase; readonly id: ActionId }[];
  /** As after `kill -9`: another platform over a copy of what is on disk at this moment. The workers are gone. */
  crash(options?: Pick<WorldOptions, "clock" | "deploy" | "notifications">): Promise<World>;
}

export const anyValue: ValueType = { kind: "struct", jsonSchema: {} };

export const settings: TaskSettings = { ...taskSettings, maxInlineBytes: 10 * 2 ** 20 };

/** The definition of a test's task. */
export function taskDefinition(name: string, task: Omit<TestTask, "run">): TaskDefinition {
  return anyTaskDefinition({
    environment: "env",
    taskName: name,
    launch: { kind: "bundle", uri: "bundle://x", environment: "env", workdir: "/", preload: [] },
    interface: {
      inputs: Object.entries(task.inputs ?? { x: { kind: "integer" } })
        .map(([input, type]) => ({ name: input, type }))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      output: task.output ?? anyValue,
    },
    settings: { ...settings, ...task.settings },
    reusable: task.reusable ?? { replicas: 1, concurrency: 1_000_000, idleTtlMs: 1_000 },
    ...(task.environmentConcurrency !== undefined && { environmentConcurrency: task.environmentConcurrency }),
  });
}

const place = { project: "flytesnacks", domain: "development" } as const;

/** Opens a platform's engine; what is open when the test is over is closed. */
export async function openWorld(
  tasks: Readonly<Record<string, TestTask>>,
  {
    directory = tempDirectory(),
    clock,
    version = "v1",
    deploy = true,
    files,
    keepRunsMs,
    notifications,
  }: WorldOptions = {},
): Promise<World> {
  const file = join(directory, "state.db");
  openStateDatabase(file).close();
  const store = openTaskStore({ file, objects: join(directory, "objects") });
  const registry = openTaskRegistry({ store });
  if (deploy) {
    for (const [name, task] of Object.entries(tasks)) {
      const id = { ...place, name: `env.${name}`, version };
      const definition = taskDefinition(name, task);
      await registry.deploy([{ id, definition, spec: new Uint8Array([1]), triggers: [] }]);
    }
  }
  const workers = new ScriptedWorkers(tasks);
  const lines: string[] = [];
  const logs = {
    write: (id: ActionId, attempt: number, _: number, stream: string, text: string): void => {
      lines.push(`${id.action} ${attempt} ${stream} ${text}`);
    },
    ended: (): void => {},
  };
  const engine = openTaskEngine({
    store,
    workers,
    logs,
    ...(clock && { clock }),
    ...(files && { files }),
    keepRunsMs,
    ...(notifications && { notifications }),
  });
  onTestFinished(async () => {
    await engine.close();
    store.close();
  });
  const task = (name: string): TaskRecord => {
    const record = registry.get({ ...place, name: `env.${name}` }, version);
    if (record === undefined) throw new Error(`no task ${name}`);
    return record;
  };
  const world: World = {
    directory,
    store,
    engine,
    registry,
    workers,
    lines,
    task,
    run: (name, inputs = { x: 1 }, options = {}) => {
      const record = task(name);
      const bytes = encodeInputs(record.definition?.interface ?? { inputs: [], output: undefined }, inputs);
      return engine.createRun({ ...place, task: record, inputs: bytes, settings: plain, source: "cli", ...options });
    },
    end: async (run) => {
      await ended(engine, run);
      return engine.getRun(run.id) as RunRecord;
    },
    output: async (name, inputs, options) => {
      const run = await world.end(await world.run(name, inputs, options));
      if (run.root.phase !== "SUCCEEDED") throw new Error(`${run.root.phase}: ${run.root.error?.message}`);
      return world.value(run.root.id);
    },
    value: (id) => {
      const output = engine.getAction(id)?.kind === "trace" ? undefined : anyValue;
      const bytes = engine.outputs(id);
      if (bytes === undefined) return undefined;
      return output === undefined ? decodeValue(bytes) : decodeOutput(output, bytes);
    },
    actions: (run) =>
      engine.listActions(run.id, { limit: 1_000, token: "" }).items.map(({ name, phase, id }) => ({ name, phase, id })),
    crash: async (options = {}) => {
      workers.kill();
      const copy = tempDirectory();
      copyState(directory, copy);
      return openWorld(tasks, { directory: copy, version, deploy: options.deploy ?? false, ...options });
    },
  };
  return world;
}

interface WorldOptions {
  readonly directory?: string;
  readonly clock?: Clock;
  readonly version?: string;
  readonly deploy?: boolean;
  readonly files?: RunFilesOwner;
  readonly keepRunsMs?: number;
  readonly notifications?: NotificationSender;
}

export const plain: NewRun["settings"] = { labels: {}, annotations: {}, envVars: {}, overwriteCache: false };

/** Copies the state that a killed process leaves: the database and its log as they are, without a checkpoint. */
export function copyState(from: string, to: string): void {
  for (const name of ["state.db", "state.db-wal"]) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
  mkdirSync(join(to, "objects"), { recursive: true });
  cpSync(join(from, "objects"), join(to, "objects"), { recursive: true });
}

function ended(engine: TaskEngine, run: RunRecord): Promise<void> {
  return new Promise((resolve) => {
    const done = (): boolean => engine.getRun(run.id)?.root.endedAt !== undefined;
    const stop = engine.subscribe(({ id }) => {
      if (id.run !== run.id.run || id.action !== "a0" || !done()) return;
      stop();
      resolve();
    });
    if (!done()) return;
    stop();
    resolve();
  });
}

/** Waits for something that other things in this process bring about. */
export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 2 }).toBe(true);
}

/** Turns of the event loop, so that what is under way gets on. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #monotonic = 1_000;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Somebody sets the clock; no time passes. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Time passes. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await turns();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now += next.at - this.#monotonic;
      this.#monotonic = Math.max(next.at, this.#monotonic);
      next.callback();
    }
    this.#now += end - this.#monotonic;
    this.#monotonic = end;
    await turns();
  }

  /** The clock of a platform that starts later: timers of the one before are gone. */
  restarted(): TestClock {
    const clock = new TestClock();
    clock.#now = this.#now;
    return clock;
  }
}

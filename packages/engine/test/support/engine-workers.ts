import { AppEnvError } from "@appenv/core";
import type { AnswerSchema } from "@appenv/core/internal";
import {
  answerType,
  childName,
  decodeInputs,
  decodeOutput,
  decodeValue,
  encodeInputs,
  encodeOutput,
  encodeValue,
  inputsHash,
} from "@appenv/protocol/tasks";
import type { ActionError, ActionOutcome, ActionRequest, AttemptStart } from "@appenv/runtime";
import type { AttemptListener, RunningAttempt } from "../../src/contracts/attempts.ts";
import type { Worker, Workers, WorkerSpec } from "../../src/contracts/workers.ts";
import type { AttemptHandle } from "../../src/workers/attempt-handle.ts";
import { anyValue, taskDefinition, type TestTask } from "./engine-world.ts";

/** The identity of a task that was deployed on its own. */
type Deployed = NonNullable<Extract<ActionRequest, { kind: "task" }>["deployed"]>;

/** Abilities of a test's task. */
export interface ScriptContext {
  readonly start: Omit<AttemptStart, "id">;
  readonly spec: WorkerSpec;
  readonly signal: AbortSignal;
  call(task: string, inputs: Record<string, unknown>, group?: string, deployed?: Deployed): Promise<any>;
  trace(name: string, run: () => unknown): Promise<any>;
  waitFor(
    name: string,
    options?: { readonly key?: string; readonly timeoutMs?: number; readonly since?: number },
  ): Promise<any>;
  sleep(sleep: { readonly ms: number } | { readonly until: number }): Promise<void>;
  /** Writes into a stream; without a value it is closed. Resolves when it is on disk. */
  stream(name: string, value?: unknown, trace?: string): Promise<void>;
  condition(
    name: string,
    type: "boolean" | "integer" | "float" | "string" | AnswerSchema,
    timeoutMs?: number,
  ): Promise<any>;
  listener: AttemptListener;
}

export type Script = (inputs: any, context: ScriptContext) => unknown;

/** An error with what an action's error has. */
export class ScriptError extends Error {
  readonly error: ActionError;
  readonly type: "failed" | "aborted" | "timed-out";

  constructor(error: Partial<ActionError>, type: ScriptError["type"] = "failed") {
    super(error.message);
    this.type = type;
    this.error = { kind: "USER", code: "Error", message: "failed", stack: undefined, retryable: true, ...error };
  }
}

/** Workers that run a test's functions in this process. */
export class ScriptedWorkers implements Workers {
  readonly #tasks: Readonly<Record<string, TestTask>>;
  readonly #running = new Set<ScriptedAttempt>();
  #dead = false;
  /** `task action attempt` of everything that began. */
  readonly begun: string[] = [];
  readonly specs: WorkerSpec[] = [];
  readonly processors = Infinity;
  readonly retryMs = 0;
  readonly restartDelay = (): number => 0;
  /** Maximum number of attempts that ran at once so far. */
  most = 0;

  constructor(tasks: Readonly<Record<string, TestTask>>) {
    this.#tasks = tasks;
  }

  get running(): number {
    return this.#running.size;
  }

  /** A worker that is ready at once. */
  start(spec: WorkerSpec): Worker {
    return {
      state: "working",
      size: 0,
      silentMs: 0,
      hasServed: true,
      failure: undefined,
      run: (attempt) => this.runAlone(spec, attempt),
      leave: () => {},
    };
  }

  runAlone(spec: WorkerSpec, attempt: AttemptHandle): void {
    const running = this.#begin(spec, attempt.given, attempt);
    attempt.holder = {
      answer: (_, call, outcome) => running.answer(call, outcome),
      cancel: ({ cancelled }) => running.cancel(cancelled?.reason ?? "aborted", cancelled?.message ?? ""),
      hold: () => running.hold(),
    };
  }

  #begin(spec: WorkerSpec, start: Omit<AttemptStart, "id">, listener: AttemptListener): ScriptedAttempt {
    this.begun.push(`${start.task} ${start.action} ${start.attempt}`);
    this.specs.push(spec);
    const attempt = new ScriptedAttempt(
      this.#tasks,
      spec,
      start,
      this.#guard(listener, () => attempt),
    );
    this.#running.add(attempt);
    this.most = Math.max(this.most, this.#running.size);
    attempt.begin(() => this.#dead);
    return attempt;
  }

  /** The process of an attempt ends. */
  lose(action: string, alone: boolean): void {
    // A lost attempt may be tried again at once, and must not be lost again.
    const lost = [...this.#running].filter(({ start }) => start.action === action);
    for (const attempt of lost) attempt.lose(alone);
  }

  /** The shared process of some of the attempts ends: of those that were in none that ended before. */
  loseSome(which: number): void {
    const attempts = [...this.#running].filter(({ spec }) => !spec.isolated);
    for (const [index, attempt] of attempts.entries()) if (index % 3 === which % 3) attempt.lose(false);
  }

  /** Nothing is heard of them any more. */
  kill(): void {
    this.#dead = true;
  }

  async close(): Promise<void> {
    this.#dead = true;
  }

  #guard(listener: AttemptListener, attempt: () => ScriptedAttempt): AttemptListener {
    const ifAlive =
      <Values extends unknown[]>(act: (...values: Values) => void) =>
      (...values: Values): void => {
        if (!this.#dead && this.#running.has(attempt())) act(...values);
      };
    return {
      started: ifAlive((worker) => listener.started(worker)),
      request: ifAlive((request) => listener.request(request)),
      scope: ifAlive((change) => listener.scope(change)),
      line: ifAlive((at, stream, text) => listener.line(at, stream, text)),
      progress: ifAlive((done, total, message) => listener.progress(done, total, message)),
      metadata: ifAlive((json) => listener.metadata(json)),
      trace: ifAlive((trace) => listener.trace(trace)),
      report: ifAlive((html) => listener.report(html)),
      ended: ifAlive((end) => {
        this.#running.delete(attempt());
        listener.ended(end);
      }),
    };
  }
}

class ScriptedAttempt implements RunningAttempt {
  readonly start: Omit<AttemptStart, "id">;
  readonly #tasks: Readonly<Record<string, TestTask>>;
  readonly spec: WorkerSpec;
  readonly #listener: AttemptListener;
  readonly #calls = new Map<number, (outcome: ActionOutcome) => void>();
  readonly #occurrences = new Map<string, number>();
  readonly #requested: string[] = [];
  readonly #abort = new AbortController();
  #call = 0;

  constructor(
    tasks: Readonly<Record<string, TestTask>>,
    spec: WorkerSpec,
    start: Omit<AttemptStart, "id">,
    listener: AttemptListener,
  ) {
    this.#tasks = tasks;
    this.spec = spec;
    this.start = start;
    this.#listener = listener;
  }

  /** @param isDead - Whether its process was killed meanwhile: then it runs nothing. */
  begin(isDead: () => boolean): void {
    setImmediate(() => {
      if (isDead()) return;
      this.#listener.started({ name: "w1", pid: 1 });
      void this.#run();
    });
  }

  answer(call: number, outcome: ActionOutcome): void {
    const resolve = this.#calls.get(call);
    this.#calls.delete(call);
    resolve?.(outcome);
  }

  cancel(reason: "aborted" | "timed-out", message: string): void {
    if (this.#abort.signal.aborted) return;
    const code = reason === "aborted" ? "ABORTED" : "TIMED_OUT";
    this.#abort.abort(new ScriptError({ code, message }, reason));
  }

  hold(): void {}

  lose(alone: boolean): void {
    const error: ActionError = {
      kind: "SYSTEM",
      code: "WORKER_LOST",
      message: "The process ended.",
      stack: undefined,
      retryable: true,
    };
    this.#listener.ended({ type: "lost", alone, error });
  }

  async #run(): Promise<void> {
    const task = this.#tasks[this.start.task];
    const definition = taskDefinition(this.start.task, task ?? { run: () => undefined });
    const outcome = await this.#outcome(task as TestTask, definition);
    const requested = this.start.attempt > 1 ? this.#requested : undefined;
    this.#listener.ended({ type: "result", result: { attempt: 1, outcome, report: undefined, requested } });
  }

  async #outcome(
    task: TestTask,
    definition: ReturnType<typeof taskDefinition>,
  ): Promise<Exclude<ActionOutcome, { type: "missing" }>> {
    try {
      const inputs = decodeInputs(definition.interface, this.start.inputs);
      const aborted = new Promise<never>((_, reject) => {
        if (this.#abort.signal.aborted) reject(this.#abort.signal.reason);
        this.#abort.signal.addEventListener("abort", () => reject(this.#abort.signal.reason));
      });
      const value = await Promise.race([task.run(inputs, this.#context()), aborted]);
      return { type: "succeeded", outputs: encodeOutput(definition.interface.output, value ?? null) };
    } catch (error) {
      if (error instanceof ScriptError) return { type: error.type, error: error.error };
      const message = AppEnvError.is(error) ? `${error.code} ${error.message}` : String(error);
      return { type: "failed", error: { kind: "USER", code: "Error", message, stack: undefined, retryable: true } };
    }
  }

  #context(): ScriptContext {
    return {
      start: this.start,
      spec: this.spec,
      signal: this.#abort.signal,
      listener: this.#listener,
      call: async (name, inputs, group, deployed) => {
        const task = this.#tasks[name];
        const bytes = encodeInputs(taskDefinition(name, task ?? { run: () => undefined }).interface, inputs);
        const child = this.#name("task", `env.${name}`, inputsHash(bytes), group ?? "");
        const request = { kind: "task", ...child, task: `env.${name}`, inputs: bytes, group } as const;
        return this.#ask({ ...request, ...(deployed && { deployed }) }, (outputs) =>
          decodeOutput(task?.output ?? anyValue, outputs),
        );
      },
      trace: async (name, run) => {
        const child = this.#name("trace", name, "", "");
        const asked = await this.#outcomeOf({ kind: "trace", ...child, traced: name, group: undefined });
        const again = asked.type === "failed" && asked.error.retryable;
        if (asked.type !== "missing" && !again) return read(asked, decodeValue);
        const startedAt = Date.now();
        const result = await record(run);
        await this.#outcomeOf({ kind: "trace-result", name: child.name, ...this.#next(), startedAt, result }).then(
          (stored) => read(stored, () => undefined),
        );
        if ("error" in result) throw new ScriptError(result.error);
        return decodeValue(result.outputs);
      },
      waitFor: async (event, { key = "", timeoutMs, since } = {}) => {
        const child = this.#name("event", event, key, "");
        const asked = { name: event, key, timeoutMs, since };
        return this.#ask({ kind: "event", ...child, group: undefined, event: asked }, decodeValue);
      },
      sleep: async (sleep) => {
        const child = this.#name("sleep", "sleep", "", "");
        await this.#ask({ kind: "sleep", ...child, group: undefined, sleep }, () => undefined);
      },
      stream: async (name, value, trace = "") => {
        const json = value === undefined ? {} : { value: JSON.stringify(value) };
        read(await this.#outcomeOf({ kind: "stream", name, trace, ...json, ...this.#next() }), () => undefined);
      },
      condition: async (name, type, timeoutMs) => {
        const child = this.#name("condition", name, "", "");
        const value = typeof type === "string" ? { type } : { type: type.type.kind, schema: type };
        const condition = { name, prompt: "?", markdown: false, ...value, description: undefined, timeoutMs };
        return this.#ask({ kind: "condition", ...child, group: undefined, condition }, (outputs) =>
          decodeOutput(answerType(value), outputs),
        );
      },
    };
  }

  #next(): { readonly attempt: number; readonly call: number } {
    this.#call += 1;
    return { attempt: 1, call: this.#call };
  }

  #name(kind: string, what: string, hash: string, group: string): { name: string; attempt: number; call: number } {
    const key = `${kind} ${what} ${hash} ${group}`;
    const occurrence = this.#occurrences.get(key) ?? 0;
    this.#occurrences.set(key, occurrence + 1);
    const name = childName({ parent: this.start.action, place: "", kind, what, inputsHash: hash, group, occurrence });
    this.#requested.push(name);
    return { name, ...this.#next() };
  }

  async #ask(request: ActionRequest, decode: (outputs: Uint8Array) => unknown): Promise<unknown> {
    return read(await this.#outcomeOf(request), decode);
  }

  #outcomeOf(request: ActionRequest): Promise<ActionOutcome> {
    return new Promise((resolve) => {
      this.#calls.set(request.call, resolve);
      this.#listener.request(request);
    });
  }
}

async function record(run: () => unknown): Promise<{ outputs: Uint8Array } | { error: ActionError }> {
  try {
    return { outputs: encodeValue(await run()) };
  } catch (error) {
    return { error: new ScriptError({ message: String(error) }).error };
  }
}

function read(outcome: ActionOutcome, decode: (outputs: Uint8Array) => unknown): unknown {
  if (outcome.type === "missing") throw new Error("missing");
  if (outcome.type === "succeeded") return decode(outcome.outputs);
  throw new ScriptError({ ...outcome.error, retryable: false });
}

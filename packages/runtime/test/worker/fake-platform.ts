import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeInputs, encodeInputs, encodeOutput } from "@appenv/protocol/values";
import { onTestFinished } from "vitest";
import type {
  ActionOutcome,
  ActionRequest,
  AttemptResult,
  AttemptStart,
  FromReplica,
  ToReplica,
  WorkerStart,
} from "../../src/index.ts";
import * as tasks from "../fixtures/tasks.ts";
import { other } from "../fixtures/other-tasks.ts";

const replicaMain = fileURLToPath(new URL("../../src/replica/main.ts", import.meta.url));

type Request<Kind extends ActionRequest["kind"] = ActionRequest["kind"]> = Extract<ActionRequest, { kind: Kind }>;

/** The results of actions by their names; they outlive a worker. */
export type Store = Map<string, ActionOutcome>;

/** A directory of the test's own. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "appenv-work-")));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A small platform: runs what a worker asks for in the same worker, and remembers results. */
export class FakePlatform {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly store: Store;
  /** Everything the worker said, in order. */
  readonly received: FromReplica[] = [];
  /** All requests, in order. */
  readonly requests: ActionRequest[] = [];
  /** Names of the tasks whose attempts were started, in order. */
  readonly started: string[] = [];
  /** Output of the process itself. */
  output = "";
  /** Conditions that wait. */
  readonly conditions: Request<"condition">[] = [];
  /** Most attempts at once. */
  busiest = 0;
  readonly #results: Map<number, (result: AttemptResult) => void> = new Map();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();
  #attempts = 0;

  constructor(store: Store = new Map()) {
    this.store = store;
    this.child = fork(replicaMain, [], { silent: true, serialization: "advanced" });
    // There is no `close` after `disconnect`.
    const streams = [this.child.stdout, this.child.stderr].filter((stream) => stream !== null);
    const ends = [once(this.child, "exit"), ...streams.map((stream) => once(stream, "close"))];
    this.exited = Promise.all(ends).then(() => this.child.exitCode);
    for (const stream of streams) {
      stream.on("data", (chunk) => {
        this.output += String(chunk);
        this.#wake();
      });
    }
    this.child.on("message", (message) => this.#receive(message as FromReplica));
    void this.exited.then(() => this.#wake());
    onTestFinished(async () => {
      this.child.kill("SIGKILL");
      await this.exited;
    });
  }

  /** A worker of the fixture's tasks that takes attempts. */
  static async start(start: Partial<WorkerStart> = {}, store?: Store): Promise<FakePlatform> {
    const platform = new FakePlatform(store);
    platform.work(start);
    await platform.until(() => platform.received.some(({ type }) => type === "working"));
    return platform;
  }

  work(start: Partial<WorkerStart> = {}): void {
    const workdir = folder();
    const defaults: WorkerStart = {
      worker: "worker-1",
      launch: { file: fileURLToPath(new URL("../fixtures/tasks.ts", import.meta.url)), environment: "tasks" },
      workdir,
      env: { SECRET: "from the platform" },
      objects: join(workdir, "objects"),
      project: "p",
      domain: "d",
    };
    this.say({ type: "work", start: { ...defaults, ...start } });
  }

  say(message: ToReplica): void {
    this.child.send(message);
  }

  /** Runs an attempt to its end. */
  run(task: string, input: Record<string, unknown> = {}, start: Partial<AttemptStart> = {}): Promise<AttemptResult> {
    const known = tasks.env.tasks.get(task);
    return this.runRaw(task, known === undefined ? new Uint8Array() : encodeInputs(known.interface, input), start);
  }

  /** The same with inputs as a message. */
  runRaw(task: string, inputs: Uint8Array, start: Partial<AttemptStart> = {}): Promise<AttemptResult> {
    const attempt = this.attempt(task, inputs, start);
    const result = this.result(attempt.id);
    this.say({ type: "attempts", attempts: [attempt] });
    return result;
  }

  attempt(task: string, inputs: Uint8Array, start: Partial<AttemptStart> = {}): AttemptStart {
    this.started.push(task);
    const id = (this.#attempts += 1);
    const defaults = { id, run: "r1", action: "a0", attempt: 1, labels: {}, envVars: {}, deadline: undefined };
    return { ...defaults, task, inputs, ...start };
  }

  /** The result of an attempt. */
  result(id: number): Promise<AttemptResult> {
    return new Promise((resolve, reject) => {
      this.#results.set(id, resolve);
      this.busiest = Math.max(this.busiest, this.#results.size);
      void this.exited.then((code) => reject(new Error(`ended with ${code}: ${this.output}`)));
    });
  }

  /** Resolves when the condition holds; it is looked at whenever something happens. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const over = await Promise.race([this.#changed.promise, this.exited.then(() => true)]);
      if (over === true && !condition())
        throw new Error(`ended: ${this.output}\n${JSON.stringify(this.received.at(-1))}`);
    }
  }

  /** Lines of an attempt, marked with their stream. */
  lines(attempt: number): string[] {
    return this.received
      .flatMap((message) => (message.type === "lines" ? message.lines : []))
      .filter((line) => line.attempt === attempt)
      .map(({ stream, text }) => (stream === "stdout" ? text : `! ${text}`));
  }

  answer(call: number, outcome: ActionOutcome): void {
    this.say({ type: "outcomes", outcomes: [{ call, outcome }] });
  }

  /** Gives a condition its value. */
  signal(name: string, value: boolean): void {
    const request = this.conditions.find(({ condition }) => condition.name === name);
    if (request === undefined) throw new Error(`nothing waits for ${name}`);
    const outcome: ActionOutcome = { type: "succeeded", outputs: encodeOutput({ kind: "boolean" }, value) };
    this.store.set(request.name, outcome);
    this.answer(request.call, outcome);
  }

  #receive(message: FromReplica): void {
    this.received.push(message);
    if (message.type === "requests") this.#take(message.requests);
    if (message.type === "results") {
      for (const result of message.results) {
        const settle = this.#results.get(result.attempt);
        this.#results.delete(result.attempt);
        settle?.(result);
      }
    }
    this.#wake();
  }

  /** Answers in one message what is known, and starts the rest in another. */
  #take(requests: readonly ActionRequest[]): void {
    this.requests.push(...requests);
    const outcomes: { call: number; outcome: ActionOutcome }[] = [];
    const attempts: AttemptStart[] = [];
    for (const request of requests) {
      if (request.kind === "stream") {
        outcomes.push({ call: request.call, outcome: { type: "succeeded", outputs: new Uint8Array() } });
        continue;
      }
      const known = request.kind === "trace-result" ? undefined : this.store.get(request.name);
      if (known !== undefined) outcomes.push({ call: request.call, outcome: known });
      else if (request.kind === "trace") outcomes.push({ call: request.call, outcome: { type: "missing" } });
      else if (request.kind === "trace-result") outcomes.push({ call: request.call, outcome: this.#record(request) });
      else if (request.kind === "condition") this.conditions.push(request);
      // No time passes here.
      else if (request.kind === "condition-link") outcomes.push({ call: request.call, outcome: nothing });
      else if (request.kind === "event") outcomes.push({ call: request.call, outcome: nothing });
      else if (request.kind === "sleep") outcomes.push({ call: request.call, outcome: nothing });
      else if (request.task.startsWith("tasks.")) attempts.push(this.#child(request));
      else outcomes.push({ call: request.call, outcome: elsewhere(request) });
    }
    if (outcomes.length > 0) this.say({ type: "outcomes", outcomes });
    if (attempts.length > 0) this.say({ type: "attempts", attempts });
  }

  #record({ name, result }: Request<"trace-result">): ActionOutcome {
    if ("outputs" in result) this.store.set(name, { type: "succeeded", outputs: result.outputs });
    return { type: "succeeded", outputs: new Uint8Array() };
  }

  #child(request: Request<"task">): AttemptStart {
    const attempt = this.attempt(request.task.slice("tasks.".length), request.inputs, { action: request.name });
    void this.#finish(request, this.result(attempt.id)).catch(() => undefined);
    return attempt;
  }

  async #finish({ name, call }: Request<"task">, result: Promise<AttemptResult>): Promise<void> {
    const { outcome } = await result;
    this.store.set(name, outcome);
    this.answer(call, outcome);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const nothing: ActionOutcome = { type: "succeeded", outputs: new Uint8Array() };

/** As another environment's worker would answer. */
function elsewhere({ task, inputs }: Request<"task">): ActionOutcome {
  const { name } = decodeInputs(other.interface, inputs) as { name: string };
  return { type: "succeeded", outputs: encodeOutput(other.interface.output, `${task} greets ${name}`) };
}

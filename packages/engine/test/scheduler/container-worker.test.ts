import { EventEmitter } from "node:events";
import { AppEnvError } from "@appenv/core";
import type { AttemptEnd } from "../../src/contracts/attempts.ts";
import { AttemptHandle } from "../../src/workers/attempt-handle.ts";
import type { ContainerProcess, ContainerStart } from "../../src/workers/container-process.ts";
import type { ProcessExit } from "../../src/workers/task-process.ts";
import { createWorkers } from "../../src/workers/workers.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { expect, test } from "vitest";

/** A program that ends when a test says. */
class FakeProgram extends EventEmitter implements ContainerProcess {
  readonly pid = 7;
  readonly memoryLimit = 2 ** 20;
  readonly signals: string[] = [];
  over: (used: number) => void = () => {};

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.signals.push(signal);
    if (signal === "SIGKILL") this.exit({ code: null, signal });
  }

  exit(exit: ProcessExit): void {
    this.emit("exit", exit);
  }

  watchMemory(onOver: (used: number) => void): void {
    this.over = onOver;
  }

  async readResult() {
    return { outcome: { type: "succeeded", outputs: new Uint8Array([1]) }, report: "<p>" } as const;
  }
}

/** Starts an attempt; resolves with its program once that has started. */
function begin(start: (asked: ContainerStart) => Promise<ContainerProcess>) {
  const containers = { start };
  const processes = { prepare: () => expect.unreachable(), started: () => {} };
  const workers = createWorkers({ processes, containers, timing: { containerGraceMs: 20, closeMs: 20 } });
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<AttemptEnd>();
  const lines: string[] = [];
  const given = { run: "r", action: "a0", task: "t", attempt: 1, inputs: new Uint8Array(), labels: {}, envVars: {} };
  const attempt = new AttemptHandle(
    { ...given, deadline: undefined },
    {
      started: () => started.resolve(),
      request: () => {},
      scope: () => {},
      line: (_at, stream, text) => void lines.push(`${stream} ${text}`),
      metadata: () => {},
      trace: () => {},
      progress: () => {},
      report: () => {},
      ended: ended.resolve,
    },
  );
  const launch = { kind: "image", image: "acme:1", command: ["x"], args: [] } as const;
  const definition = taskDefinition({ launch });
  const spec = { key: "k", project: "p", domain: "d", version: "1", definition, isolated: true };
  workers.runAlone(spec, attempt);
  return { attempt, workers, started: started.promise, ended: ended.promise, lines };
}

test("an attempt ends with what its program has written, and with its exit code", async () => {
  const program = new FakeProgram();
  const good = begin(async () => program);
  await good.started;
  program.emit("output", "stdout", ["one"]);
  program.exit({ code: 0, signal: null });
  const result = { attempt: 0, report: "<p>", requested: undefined };
  const outcome = { type: "succeeded", outputs: new Uint8Array([1]) };
  expect(await good.ended).toEqual({ type: "result", result: { ...result, outcome } });
  expect(good.lines).toEqual(["stdout one"]);

  const other = new FakeProgram();
  const bad = begin(async () => other);
  await bad.started;
  other.emit("output", "stderr", ["no such thing"]);
  other.exit({ code: 3, signal: null });
  const message = expect.stringMatching(/ended with exit code 3\. Its last output:\nno such thing$/);
  expect(await bad.ended).toMatchObject({ type: "lost", alone: true, error: { code: "WORKER_LOST", message } });
});

test("a program that is cancelled has its time to end, and is ended then", async () => {
  const program = new FakeProgram();
  const { attempt, started, ended } = begin(async () => program);
  await started;
  attempt.cancel("timed-out", "too long");
  expect(program.signals).toEqual(["SIGTERM"]);
  const outcome = { type: "timed-out", error: { code: "TIMED_OUT", message: "too long", retryable: true } };
  expect(await ended).toMatchObject({ type: "result", result: { outcome } });
  expect(program.signals).toEqual(["SIGTERM", "SIGKILL"]);
});

test("an attempt that is cancelled before its program has started ends at once, and the program is ended", async () => {
  const program = new FakeProgram();
  const preparing = Promise.withResolvers<ContainerProcess>();
  let asked: ContainerStart | undefined;
  const { attempt, ended } = begin((start) => {
    asked = start;
    return preparing.promise;
  });
  attempt.cancel("aborted", "by hand");
  expect(await ended).toMatchObject({ result: { outcome: { type: "aborted", error: { message: "by hand" } } } });
  expect(asked?.signal.aborted).toBe(true);
  preparing.resolve(program);
  await expect.poll(() => program.signals).toEqual(["SIGKILL"]);
});

test("a program above its memory limit, one that cannot start, and those of a platform that ends", async () => {
  const large = new FakeProgram();
  const limited = begin(async () => large);
  await limited.started;
  large.over(2 ** 21);
  const message = expect.stringContaining("ran out of memory: it used 2 MiB of its 1 MiB");
  expect(await limited.ended).toMatchObject({ type: "lost", alone: true, error: { message } });

  const refused = begin(() => Promise.reject(new AppEnvError("UNSUPPORTED", "no Python here")));
  const error = { code: "UNSUPPORTED", message: "no Python here", retryable: false };
  expect(await refused.ended).toMatchObject({ type: "lost", alone: true, error });

  const program = new FakeProgram();
  const open = begin(async () => program);
  await open.started;
  await open.workers.close();
  expect(await open.ended).toMatchObject({ type: "lost", alone: false });
  expect(program.signals).toEqual(["SIGTERM", "SIGKILL"]);
});

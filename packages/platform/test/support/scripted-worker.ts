// A process that speaks as the runtime's worker does, and does what the names of its tasks say.
import { writeSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import type { AttemptStart, FromReplica, ToReplica, WorkerStart } from "@appenv/runtime";

const send = (message: FromReplica): void => void process.send?.(message);
const heapMiB = getHeapStatistics().heap_size_limit / 2 ** 20;
const waiting = new Map<number, number>();
const cancellable = new Map<number, boolean>();
let calls = 0;
let start: WorkerStart | undefined;

process.on("message", (message: ToReplica) => {
  if (message.type === "work") become(message.start);
  if (message.type === "attempts") for (const attempt of message.attempts) run(attempt);
  if (message.type === "finish") process.exit(0);
  if (message.type === "cancel" && cancellable.get(message.attempt) === true) {
    const error = {
      kind: "USER",
      code: "ABORTED",
      message: message.message,
      stack: undefined,
      retryable: false,
    } as const;
    result(message.attempt, { type: message.reason, error });
  }
  if (message.type === "outcomes") {
    for (const { call, outcome } of message.outcomes) {
      const attempt = waiting.get(call);
      if (attempt !== undefined && outcome.type !== "missing") result(attempt, outcome);
    }
  }
});
process.on("disconnect", () => process.exit(0));
send({ type: "booted" });
setInterval(() => load(2 ** 20), 50).unref();

function become(given: WorkerStart): void {
  start = given;
  Object.assign(process.env, given.env);
  if (given.launch.file === "fails") {
    console.error("cannot load");
    process.send?.({ type: "failed", code: "LOAD_FAILED", message: "there is no such bundle", fix: "" }, () =>
      process.exit(1),
    );
  } else if (given.launch.file === "dies") {
    process.exit(7);
  } else if (given.launch.file === "works and dies") {
    process.send?.({ type: "working" }, () => process.exit(7));
  } else if (given.launch.file !== "hangs") {
    console.log("loaded");
    send({ type: "working" });
  }
}

function run({ id, task, inputs, action }: AttemptStart): void {
  switch (task) {
    case "echo":
      return result(id, { type: "succeeded", outputs: inputs });
    case "env":
      return result(id, {
        type: "succeeded",
        outputs: Buffer.from(JSON.stringify({ ...process.env, pid: process.pid, start, heapMiB })),
      });
    case "hold":
      return void cancellable.set(id, true);
    case "ignore":
      return void cancellable.set(id, false);
    case "stubborn":
      process.on("SIGTERM", () => {});
      return;
    case "block":
      for (;;);
    case "pause":
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(Buffer.from(inputs).toString()));
      return;
    case "block-later":
      setTimeout(() => {
        for (;;);
      }, 400);
      return;
    case "parent":
      calls += 1;
      waiting.set(calls, id);
      cancellable.set(id, true);
      return send({
        type: "requests",
        requests: [
          { kind: "task", attempt: id, call: calls, name: `c${calls}`, task: "x.child", group: undefined, inputs },
        ],
      });
    case "talk":
      send({ type: "lines", lines: [{ attempt: id, at: 5, stream: "stdout", text: "a line" }] });
      send({ type: "progress", attempt: id, done: 1, total: 2, message: "half" });
      send({ type: "report", attempt: id, html: "<p>" });
      return result(id, { type: "succeeded", outputs: inputs });
    case "twice":
      result(id, { type: "succeeded", outputs: inputs });
      return result(id, { type: "succeeded", outputs: inputs });
    case "exit":
      console.error(`${action} said goodbye`);
      process.exit(0);
    case "kill":
      return process.kill(process.pid, "SIGKILL") as unknown as void;
    case "uncaught":
      process.send?.({ type: "failed", code: "START_FAILED", message: "boom", fix: "" }, () => process.exit(1));
      return;
    case "heap":
      console.error("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory");
      console.error(" 1: 0xb8d5b6 node::Abort() [node]");
      return process.kill(process.pid, "SIGABRT") as unknown as void;
    case "eat":
      return load(2 ** 40);
    case "foreign":
      process.send?.("ready");
      process.send?.({ type: "axm:monitor", data: {} });
      return result(id, { type: "succeeded", outputs: inputs });
    case "pretend":
      return void process.send?.({ type: "results", results: [{ attempt: "x" }] });
    case "garbage":
      return void writeSync(3, Buffer.from([0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]));
  }
}

function result(
  attempt: number,
  outcome: Extract<FromReplica, { type: "results" }>["results"][number]["outcome"],
): void {
  send({ type: "results", results: [{ attempt, outcome, report: undefined, requested: undefined }] });
}

function load(rss: number): void {
  const answers = { requests: 0, failures: 0, responses: [], latency: [], answeredMs: 0 };
  send({ type: "load", load: { inFlight: 0, connections: 0, sockets: 0, busyMs: 0, ...answers, cpuMs: 0, rss } });
}

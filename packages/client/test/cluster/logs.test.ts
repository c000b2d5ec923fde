import { ActionPhaseNumber } from "@appenv/protocol/tasks";
import { startFront, type Front } from "@appenv-internal/conformance/flyte-backend/cut";
import { podName } from "@appenv-internal/conformance/flyte-backend/pods";
import type { ActionState } from "@appenv-internal/conformance/flyte-backend/state";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ActionLogsOptions } from "../../src/run/logs.ts";
import type { Run } from "../../src/run/run.ts";
import type { Task } from "../../src/task/task.ts";
import { Cluster } from "../support/cluster.ts";
import { errorOf } from "../support/error-of.ts";

let cluster: Cluster;
let front: Front;
let task: Task;

beforeAll(async () => {
  cluster = await Cluster.start();
  front = await startFront(cluster.endpoint);
  task = await cluster.task("math.talk", {}, front.endpoint);
});
afterAll(async () => {
  await front.close();
  await cluster.backend.close();
});

/** A run whose pods the test writes the logs of. */
async function started(): Promise<{ readonly run: Run; readonly root: ActionState }> {
  const run = await task.run();
  const root = cluster.root(run.name);
  await cluster.attempts(root, 1);
  return { run, root };
}

/** The pod of the last attempt begins to run. */
function begin(root: ActionState): string {
  const attempt = root.attempts.at(-1)!;
  const pod = podName(root, attempt);
  cluster.backend.pods.logs.start(pod);
  cluster.backend.state.change(root, (changed) => (attempt.phase = changed.phase = ActionPhaseNumber.RUNNING));
  return pod;
}

function write(pod: string, ...lines: readonly string[]): void {
  for (const line of lines) cluster.backend.pods.logs.write(pod, `${line}\n`);
}

async function end(root: ActionState, pod: string): Promise<void> {
  cluster.backend.pods.logs.end(pod);
  await cluster.end(root, ActionPhaseNumber.SUCCEEDED);
}

async function read(run: Run, options: ActionLogsOptions = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of run.logs(options)) texts.push(text);
  return texts;
}

test("following right after the start waits for the pod, and ends with the action", async () => {
  const { run, root } = await started();
  const asked = front.next("TailLogs", { kind: "slow", ms: 0 });
  const reading = read(run, { follow: true });
  // It was asked for before there is any.
  await asked;
  const pod = begin(root);
  write(pod, "one", "two");
  await end(root, pod);
  expect(await reading).toEqual(["one", "two"]);
});

test("all attempts are read, one after the other; the log of one whose pod was deleted is said to be gone", async () => {
  const { run, root } = await started();
  const first = begin(root);
  write(first, "first attempt");
  const reading = read(run, { follow: true });
  cluster.backend.pods.logs.delete(first);
  cluster.backend.pods.start(root);
  const second = begin(root);
  write(second, "second attempt");
  await end(root, second);
  expect((await reading).at(-1)).toBe("second attempt");
  expect(await read(run)).toEqual(["The log of attempt 1 is gone with its pod.", "second attempt"]);
  expect(await read(run, { attempt: 2, limit: 1 })).toEqual(["second attempt"]);
  const error = await errorOf(read(run, { attempt: 3, follow: true }));
  expect([error.code, error.fix]).toEqual(["NOT_FOUND", "Name one of 1 to 2, or none for all of them."]);
});

test("nothing is there before the pod has begun", async () => {
  const { run } = await started();
  expect(await read(run)).toEqual([]);
});

test("no line is lost or told twice when the connection breaks, and the backend is gone for a while", async () => {
  const { run, root } = await started();
  const pod = begin(root);
  const lines = Array.from({ length: 150 }, (_, index) => `line ${index}`);
  write(pod, ...lines);
  const met = front.next("TailLogs", { kind: "cut", afterBytes: 3_000 });
  const reading = read(run, { follow: true });
  await met;
  await front.next("TailLogs", { kind: "answer", status: 502 });
  await front.down();
  write(pod, "last line");
  await end(root, pod);
  await front.up();
  expect(await reading).toEqual([...lines, "last line"]);
});

test("lines that are not followed are whole too, or there is an error", async () => {
  const { run, root } = await started();
  const pod = begin(root);
  const lines = Array.from({ length: 120 }, (_, index) => `line ${index}`);
  write(pod, ...lines);
  await end(root, pod);
  void front.next("TailLogs", { kind: "cut", afterBytes: 3_000 });
  expect(await read(run)).toEqual(lines);
  const stop = front.always("TailLogs", { kind: "cut", afterBytes: 3_000 });
  expect((await errorOf(read(run))).code).toBe("UNREACHABLE");
  stop();
});

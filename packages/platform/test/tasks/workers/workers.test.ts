import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../support/apps.ts";
import { outputOf, startWorkers, type Watched } from "../../support/workers.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";

const quick = { graceMs: 300, termMs: 200, finishMs: 1_000, closeMs: 300 };

function shared(reusable: { replicas?: number; concurrency?: number; idleTtlMs?: number }) {
  return taskDefinition({ reusable: { replicas: 1, concurrency: 100, idleTtlMs: 30_000, ...reusable } });
}

async function pidOf(attempt: Watched): Promise<number> {
  return (await attempt.started).pid;
}

describe("an attempt", () => {
  it("runs in a worker, and its listener hears of it once and in order", async () => {
    const { start } = startWorkers();
    const attempt = start("talk", { inputs: Buffer.from("Grüße") });
    expect(attempt.calls).toEqual([]);
    expect(outputOf(await attempt.ended)).toBe("Grüße");
    expect(attempt.calls).toEqual(["started", "ended"]);
    expect(attempt.lines).toEqual(["stdout loaded", "stdout a line"]);
    expect(attempt.progress).toEqual([[1, 2, "half"]]);
    expect(attempt.reports).toEqual(["<p>"]);
    expect((await attempt.started).name).toMatch(/^tasks-[0-9a-f]{6}$/);
  });

  it("gets answers to its requests", async () => {
    const { start } = startWorkers();
    const attempt = start("parent");
    const { call } = await attempt.requested;
    attempt.running.answer(call, { type: "succeeded", outputs: Buffer.from("from the child") });
    expect(outputOf(await attempt.ended)).toBe("from the child");
  });

  it("ends once, even if its worker says so twice", async () => {
    const { start } = startWorkers();
    const attempt = start("twice");
    await attempt.ended;
    await start("echo").ended;
    expect(attempt.calls).toEqual(["started", "ended"]);
  });

  it("has the env of its environment and run, secrets included, and nothing else of the platform", async () => {
    process.env["WORKER_TEST_SECRET"] = "s3cret";
    process.env["WORKER_TEST_OTHER"] = "private";
    const secrets = [{ key: "test", envVar: "WORKER_TEST_SECRET" }];
    const { start } = startWorkers({}, taskDefinition({ envVars: { A: "1", B: "1" }, secrets }));
    const env = JSON.parse(outputOf(await start("env", { envVars: { B: "2" } }).ended)) as Record<string, unknown>;
    expect(env).toMatchObject({ A: "1", B: "2", WORKER_TEST_SECRET: "s3cret", NODE_ENV: "production" });
    expect(env).toMatchObject({ FLYTE_INTERNAL_EXECUTION_PROJECT: "p", _U_EP_OVERRIDE: "http://localhost:0" });
    expect(env).toMatchObject({ start: { project: "p", domain: "d", launch: { environment: "tasks" } } });
    expect(env["WORKER_TEST_OTHER"]).toBeUndefined();
    delete process.env["WORKER_TEST_SECRET"];
    delete process.env["WORKER_TEST_OTHER"];
  });

  it("is not disturbed by what its code sends for another process manager", async () => {
    const { start } = startWorkers();
    expect(outputOf(await start("foreign").ended)).toBe("in");
  });
});

describe("a shared worker", () => {
  it("takes thousands at once, and all end", async () => {
    const { start } = startWorkers({}, shared({ concurrency: 100 }));
    const attempts = Array.from({ length: 3_000 }, (_, index) => start("echo", { inputs: Buffer.from(String(index)) }));
    const ends = await Promise.all(attempts.map(({ ended }) => ended));
    expect(ends.map(outputOf)).toEqual(ends.map((_, index) => String(index)));
  });

  it("has no more attempts that compute than it may; waiting ones do not count", async () => {
    const { start } = startWorkers({}, shared({ concurrency: 2 }));
    const parents = [start("parent"), start("parent"), start("parent")];
    const calls = await Promise.all(parents.map(({ requested }) => requested));
    const holding = [start("hold"), start("hold"), start("hold")];
    const pids = await Promise.all([...parents, ...holding.slice(0, 2)].map(pidOf));
    expect(new Set(pids).size).toBe(1);
    expect(holding[2]?.calls).toEqual([]);
    holding[0]?.running.cancel("aborted", "enough");
    expect(await pidOf(holding[2] as Watched)).toBe(pids[0]);
    for (const [index, parent] of parents.entries()) {
      parent.running.answer(calls[index]?.call ?? 0, { type: "succeeded", outputs: Buffer.from("x") });
    }
    await Promise.all(parents.map(({ ended }) => ended));
  });

  it("is joined by another one when it is full, up to the replicas, and the rest waits", async () => {
    const { start } = startWorkers({}, shared({ concurrency: 1, replicas: 2 }));
    const holding = [start("hold"), start("hold"), start("hold")];
    const [one, other] = await Promise.all(holding.slice(0, 2).map(pidOf));
    expect(one).not.toBe(other);
    expect(holding[2]?.calls).toEqual([]);
    holding[1]?.running.cancel("aborted", "enough");
    expect(await pidOf(holding[2] as Watched)).toBe(other);
  });

  it("is joined by another one when it has much to do and there are processors", async () => {
    const { start } = startWorkers({ processors: 3 }, shared({ replicas: 4 }));
    for (let index = 0; index < 8; index += 1) await start("hold").started;
    const pids = new Set<number>();
    while (pids.size < 2) pids.add(await pidOf(start("echo")));
    expect(pids.size).toBe(2);
  });

  it("is joined by another one when its event loop is blocked", async () => {
    const { start } = startWorkers({ timing: quick }, shared({ replicas: 2 }));
    const pid = await pidOf(start("block"));
    await expect.poll(() => pidOf(start("echo"))).not.toBe(pid);
    expect(outputOf(await start("echo").ended)).toBe("in");
  });

  it("gets no attempts while its event loop is blocked, and gets them when it is not any more", async () => {
    const { start } = startWorkers({}, shared({ replicas: 1, concurrency: 1_000 }));
    const held = start("pause", { inputs: Buffer.from("3000") });
    await held.started;
    let waiting = held;
    const isGiven = async (): Promise<boolean> => {
      waiting = start("echo");
      await new Promise((resolve) => setTimeout(resolve, 50));
      return waiting.calls.includes("started");
    };
    await expect.poll(isGiven).toBe(false);
    expect(outputOf(await waiting.ended)).toBe("in");
    expect(held.calls).toEqual(["started"]);
  });

  it("ends when it has had nothing to do for a while", async () => {
    const { start } = startWorkers({ timing: quick }, shared({ idleTtlMs: 50 }));
    const first = start("echo");
    const pid = await pidOf(first);
    await first.ended;
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await pidOf(start("echo"))).not.toBe(pid);
  });

  it("gives way to one with another run's env vars, and gets its turn again", async () => {
    const { start } = startWorkers({ timing: quick }, shared({ replicas: 1 }));
    const plain = start("hold");
    const pid = await pidOf(plain);
    const other = start("env", { envVars: { MODE: "x" } });
    const later = start("echo");
    plain.running.cancel("aborted", "enough");
    expect(JSON.parse(outputOf(await other.ended))).toMatchObject({ MODE: "x" });
    expect(outputOf(await later.ended)).toBe("in");
    expect(await pidOf(other)).not.toBe(pid);
  });

  it("is not kept from others by attempts that wait, whatever their env vars are", async () => {
    const { start } = startWorkers({}, shared({ replicas: 1 }));
    const parent = start("parent");
    const { call } = await parent.requested;
    expect(outputOf(await start("echo", { envVars: { MODE: "x" } }).ended)).toBe("in");
    parent.running.answer(call, { type: "succeeded", outputs: Buffer.from("y") });
    expect(outputOf(await parent.ended)).toBe("y");
  });
});

describe("an isolated attempt", () => {
  const isolated = { isolated: true };

  it("has a process to itself, and the next one of its kind takes it over", async () => {
    const { start } = startWorkers({ processors: 2 });
    const one = start("hold", {}, isolated);
    const other = start("hold", {}, isolated);
    const pid = await pidOf(one);
    expect(await pidOf(other)).not.toBe(pid);
    one.running.cancel("aborted", "enough");
    await one.ended;
    expect(await pidOf(start("echo", {}, isolated))).toBe(pid);
    expect(await pidOf(start("echo", {}, { ...isolated, key: "another" }))).not.toBe(pid);
  });

  it("waits for a processor, but not for one whose attempt waits itself", async () => {
    const { start } = startWorkers({ processors: 1 });
    const parent = start("parent", {}, isolated);
    const { call } = await parent.requested;
    const nested = start("parent", {}, isolated);
    await nested.requested;
    const computing = start("hold", {}, isolated);
    await computing.started;
    const last = start("echo", {}, isolated);
    parent.running.answer(call, { type: "succeeded", outputs: Buffer.from("done") });
    expect(outputOf(await parent.ended)).toBe("done");
    expect(last.calls).toEqual([]);
    computing.running.cancel("aborted", "enough");
    expect(outputOf(await last.ended)).toBe("in");
  });

  it("does not leave more processes behind than there are processors", async () => {
    const { start } = startWorkers({ processors: 1, timing: quick });
    const parents = [start("parent", {}, isolated), start("parent", {}, isolated), start("parent", {}, isolated)];
    const requests = await Promise.all(parents.map(({ requested }) => requested));
    const pids = await Promise.all(parents.map(pidOf));
    for (const [index, { running }] of parents.entries()) {
      running.answer(requests[index]?.call ?? 0, { type: "succeeded", outputs: Buffer.from("x") });
    }
    await expect.poll(() => pids.filter(isAlive).length).toBe(1);
  });

  it("can be many more than there are processors", async () => {
    const { start } = startWorkers();
    const attempts = Array.from({ length: 4 * availableParallelism() }, () => start("echo", {}, isolated));
    const pids = await Promise.all(attempts.map(pidOf));
    await Promise.all(attempts.map(({ ended }) => ended));
    expect(new Set(pids).size).toBeLessThanOrEqual(availableParallelism());
  });
});

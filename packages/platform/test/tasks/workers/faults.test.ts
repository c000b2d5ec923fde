import { describe, expect, it } from "vitest";
import { VanishingProcesses } from "../../support/vanishing-processes.ts";
import { isAlive } from "../../support/apps.ts";
import { outputOf, startWorkers, type End, type Watched } from "../../support/workers.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";

const quick = { graceMs: 200, silentMs: 100, termMs: 200, finishMs: 500, closeMs: 300 };
/** Signs of life come every 50 ms, if the machine is not too busy. */
const patient = { ...quick, graceMs: 500, silentMs: 10_000 };
const isolated = { isolated: true };

type Lost = Extract<End, { type: "lost" }>;

async function lost(attempt: Watched): Promise<Lost> {
  const end = await attempt.ended;
  expect(end.type).toBe("lost");
  return end as Lost;
}

async function outcome(attempt: Watched): Promise<unknown> {
  const end = await attempt.ended;
  return end.type === "result" ? end.result.outcome : end;
}

describe("a process that ends", () => {
  it.each([
    ["exit", /exit code 0, as process\.exit\(\) does.*a0 said goodbye/s],
    ["kill", /was ended by SIGKILL/],
    ["uncaught", /ended by an error that nobody caught: boom/],
    ["heap", /ran out of memory: its JavaScript heap was full.*heap out of memory$/s],
    ["garbage", /was ended, since it wrote something into its IPC channel that is no message/],
    ["pretend", /it sent a message 'results' that the runtime does not send/],
  ])("by '%s' loses its only attempt, with the reason", async (task, message) => {
    const { start } = startWorkers();
    const attempt = start(task);
    const { alone, error } = await lost(attempt);
    expect(alone).toBe(true);
    expect(error).toMatchObject({ kind: "SYSTEM", code: "WORKER_LOST", retryable: true, stack: undefined });
    expect(error.message).toMatch(message);
    expect(attempt.calls).toEqual(["started", "ended"]);
    expect(outputOf(await start("echo").ended)).toBe("in");
  });

  it("loses all its attempts and no others, and each has the last lines in its log", async () => {
    const { start } = startWorkers();
    const held = [start("hold"), start("parent")];
    const elsewhere = start("hold", {}, { key: "another" });
    await Promise.all([...held, elsewhere].map(({ started }) => started));
    const guilty = start("exit");
    for (const attempt of [...held, guilty]) {
      expect(await lost(attempt)).toMatchObject({ alone: false, error: { code: "WORKER_LOST" } });
      expect(attempt.lines).toContain("stderr a0 said goodbye");
    }
    elsewhere.running.cancel("aborted", "enough");
    expect(await outcome(elsewhere)).toMatchObject({ type: "aborted" });
  });

  it("over its memory limit is said to be out of memory", async () => {
    const resources = [{ name: "memory" as const, request: "200Mi", limit: "200Mi" }];
    const { start } = startWorkers({}, taskDefinition({ resources }));
    const { error } = await lost(start("eat"));
    expect(error.message).toMatch(/ran out of memory: it used 1048576 MiB of its 200 MiB/);
  });
});

describe("a process that cannot start", () => {
  it("loses all that wait for it, with the runtime's own words", async () => {
    const { start } = startWorkers({}, taskDefinition({}, "fails"));
    for (const attempt of [start("echo"), start("echo"), start("echo", {}, isolated)]) {
      const { alone, error } = await lost(attempt);
      expect(alone).toBe(true);
      expect(error).toMatchObject({ code: "LOAD_FAILED", message: "there is no such bundle", retryable: false });
      expect(attempt.calls).toEqual(["ended"]);
    }
  });

  it("is tried again when it gives no reason, but not for ever", async () => {
    const { start } = startWorkers({}, taskDefinition({}, "dies"));
    for (const attempt of [start("echo"), start("echo", {}, isolated)]) {
      const { error } = await lost(attempt);
      expect(error).toMatchObject({ code: "START_FAILED", retryable: true });
      expect(error.message).toContain("exit code 7");
    }
  });

  it("beyond saying that it works loses what waits for it", async () => {
    const { start } = startWorkers({}, taskDefinition({}, "works and dies"));
    for (const attempt of [start("echo"), start("echo", {}, isolated)]) {
      expect((await lost(attempt)).error.message).toContain("exit code 7");
    }
  });

  it("is started again twice, later each time, when it ends in the turn in which it says that it works", async () => {
    const pool = new VanishingProcesses();
    const { start } = startWorkers({ pool: pool as never, timing: { restartMs: 10 } });
    for (const spec of [{}, isolated]) {
      pool.started = [];
      const attempt = start("echo", {}, spec);
      expect(await lost(attempt)).toMatchObject({ alone: true, error: { code: "START_FAILED", retryable: true } });
      expect(attempt.calls).toEqual(["ended"]);
      const [first = 0, second = 0, third = 0, ...more] = pool.started;
      expect(more).toEqual([]);
      expect(second - first).toBeGreaterThan(5);
      expect(third - second).toBeGreaterThan(15);
    }
  });

  it("is not awaited any more by an attempt that is cancelled meanwhile", async () => {
    const pool = new VanishingProcesses();
    const { start } = startWorkers({ pool: pool as never, timing: { restartMs: 60_000 } });
    for (const spec of [{}, isolated]) {
      pool.started = [];
      const attempt = start("echo", {}, spec);
      await expect.poll(() => pool.started).toHaveLength(1);
      attempt.running.cancel("aborted", "never mind");
      expect(await outcome(attempt)).toMatchObject({ type: "aborted" });
    }
  });

  it("in time is ended", async () => {
    const { start } = startWorkers({ timing: { startMs: 300 } }, taskDefinition({}, "hangs"));
    expect((await lost(start("echo"))).error.code).toBe("START_TIMEOUT");
  });

  it("for want of a secret or of a container engine says so", async () => {
    const secrets = [{ key: "test", envVar: "WORKER_TEST_NOT_SET" }];
    const without = startWorkers({}, taskDefinition({ secrets }));
    const launch = { kind: "image", image: "python:1", command: [], args: [] } as const;
    const container = startWorkers({}, taskDefinition({ launch }));
    for (const spec of [{}, isolated]) {
      const { error } = await lost(without.start("echo", {}, spec));
      expect(error).toMatchObject({ code: "MISSING_SECRET", retryable: false });
      expect(error.message).toContain("`appenv create secret test --project p --domain d`");
      expect((await lost(container.start("echo", {}, spec))).error.code).toBe("UNSUPPORTED");
    }
  });
});

describe("cancel", () => {
  it("gives the worker's own result where it comes in time", async () => {
    const { start } = startWorkers();
    const attempt = start("hold");
    await attempt.started;
    attempt.running.cancel("timed-out", "too long");
    attempt.running.cancel("aborted", "and again");
    expect(await outcome(attempt)).toMatchObject({ type: "timed-out", error: { kind: "USER", message: "too long" } });
  });

  it("ends what has not begun", async () => {
    const { start } = startWorkers({ processors: 0 }, taskDefinition({}, "hangs"));
    for (const attempt of [start("echo"), start("echo", {}, isolated)]) {
      attempt.running.cancel("aborted", "never mind");
      const error = { kind: "SYSTEM", code: "ABORTED", message: "never mind", retryable: false };
      expect(await outcome(attempt)).toMatchObject({ type: "aborted", error });
      expect(attempt.calls).toEqual(["ended"]);
    }
  });

  it.each(["ignore", "stubborn", "block"])("ends the process of an attempt that does '%s'", async (task) => {
    const { start } = startWorkers({ timing: quick });
    const attempt = start(task, {}, isolated);
    const { pid } = await attempt.started;
    attempt.running.cancel("timed-out", "it took too long");
    expect(await outcome(attempt)).toMatchObject({ type: "timed-out", error: { code: "TIMED_OUT", kind: "SYSTEM" } });
    expect(isAlive(pid)).toBe(false);
    expect(attempt.calls).toEqual(["started", "ended"]);
  });

  it("gives one of several up, lets the others finish, and gives the process no more", async () => {
    const { start } = startWorkers({ timing: patient });
    const [parent, stuck] = [start("parent"), start("ignore")];
    const { call } = await parent.requested;
    const { pid } = await stuck.started;
    stuck.running.cancel("aborted", "enough");
    expect(await outcome(stuck)).toMatchObject({ type: "aborted", error: { message: "enough" } });
    expect((await start("echo").started).pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(true);
    parent.running.answer(call, { type: "succeeded", outputs: Buffer.from("fine") });
    expect(outputOf(await parent.ended)).toBe("fine");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it("ends a process that is stuck, and the others in it are lost, not to blame", async () => {
    const { start } = startWorkers({ timing: quick });
    const held = start("hold");
    const stuck = start("block");
    await Promise.all([held.started, stuck.started]);
    stuck.running.cancel("aborted", "enough");
    expect(await lost(held)).toMatchObject({ alone: false, error: { code: "WORKER_LOST" } });
    expect(await outcome(stuck)).toMatchObject({ type: "aborted" });
  });

  it("ends a process that gets stuck after an attempt in it was given up", async () => {
    const { start } = startWorkers({ timing: { ...quick, silentMs: 400 } });
    const held = start("hold");
    const stuck = start("block-later");
    await Promise.all([held.started, stuck.started]);
    stuck.running.cancel("aborted", "enough");
    expect(await outcome(stuck)).toMatchObject({ type: "aborted" });
    expect(await lost(held)).toMatchObject({ error: { code: "WORKER_LOST" } });
  });
});

describe("close", () => {
  it("gives up all attempts and leaves no process, stopped and stubborn ones included", async () => {
    const { workers, start } = startWorkers({ timing: quick, processors: 3 });
    const attempts = [start("hold"), start("stubborn", {}, isolated), start("hold", {}, isolated)];
    const pids = await Promise.all(attempts.map(async ({ started }) => (await started).pid));
    process.kill(pids[0] ?? 0, "SIGSTOP");
    const waiting = start("echo", {}, { isolated: true, key: "another" });
    await workers.close();
    for (const attempt of [...attempts, waiting]) {
      expect(await lost(attempt)).toMatchObject({ alone: false, error: { message: "The platform is ending." } });
    }
    expect(pids.filter(isAlive)).toEqual([]);
    const late = start("echo");
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(late.calls).toEqual([]);
  });
});

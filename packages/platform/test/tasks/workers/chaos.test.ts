import { expect, it } from "vitest";
import { isAlive } from "../../support/apps.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { startWorkers, type Watched } from "../../support/workers.ts";

const tasks = [
  "echo",
  "talk",
  "parent",
  "hold",
  "ignore",
  "twice",
  "exit",
  "kill",
  "uncaught",
  "garbage",
  "echo",
  "echo",
];

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

it(`ends every attempt once and last, whatever happens (SEED=${seed})`, async () => {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const timing = { graceMs: 100, silentMs: 200, termMs: 100, finishMs: 200, closeMs: 200 };
  const reusable = { replicas: 2, concurrency: 3, idleTtlMs: 20 };
  const { workers: running, start } = startWorkers({ timing, processors: 2 }, taskDefinition({ reusable }));
  const attempts: Watched[] = [];
  const pids = new Set<number>();
  for (let round = 0; round < 100; round += 1) {
    const envVars = random() < 0.2 ? { MODE: "x" } : {};
    const attempt = start(pick(tasks), { envVars }, { isolated: random() < 0.2, key: pick(["k1", "k2"]) });
    attempts.push(attempt);
    void attempt.started.then(({ pid }) => pids.add(pid));
    if (random() < 0.5) void answer(attempt);
    const chance = random();
    if (chance < 0.3) pick(attempts).running.cancel("aborted", "by chance");
    else if (chance < 0.4) await signal(pick(attempts), pick(["SIGKILL", "SIGTERM", "SIGSTOP"]));
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
  }
  for (const { running: attempt } of attempts) attempt.cancel("aborted", "the end");
  await Promise.all(attempts.map(({ ended }) => ended));
  await running.close();
  for (const { calls } of attempts) {
    expect(calls.filter((call) => call === "ended")).toHaveLength(1);
    expect(calls.at(-1)).toBe("ended");
  }
  await expect.poll(() => [...pids].filter(isAlive)).toEqual([]);
});

async function answer({ requested, running }: Watched): Promise<void> {
  const { call } = await requested;
  running.answer(call, { type: "succeeded", outputs: Buffer.from("x") });
}

/** To the process of an attempt that runs: the number of one that has ended may be another's by now. */
async function signal({ calls, started }: Watched, name: NodeJS.Signals): Promise<void> {
  if (calls.at(-1) !== "started") return;
  const { pid } = await started;
  if (calls.at(-1) === "started" && isAlive(pid)) process.kill(pid, name);
}

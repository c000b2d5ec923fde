import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { Run, Task } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { expect, onTestFailed, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { isAlive } from "../../support/apps.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { pathsOf, sumOf } from "./fixtures/tree-plan.ts";
import { Journal, mistakesIn, type Checkpoint } from "./journal.ts";
import { KilledPlatform } from "./platform-process.ts";
import { Random } from "@appenv-internal/test-support/random";

const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000_000);
const runs = 200;
const atOnce = 50;
const platformKills = 10;
const workerKills = 15;
const replay = `CHAOS_SEED=${seed} vitest run packages/platform/test/tasks/chaos`;

/** The moment of a kill: a number of nodes have given their result, and some milliseconds more have passed. */
interface Kill {
  readonly what: "platform" | "worker";
  readonly nodes: number;
  readonly delayMs: number;
  /** Of a worker: which of those that are known. */
  readonly which: number;
  /** Of a platform: it is killed again so soon after its start. */
  readonly againAfterMs: number | undefined;
}

interface Chaos {
  readonly platform: KilledPlatform;
  readonly journal: Journal;
  readonly checkpoints: Checkpoint[];
  killedWorkers: number;
}

test(
  `200 runs end right though platform and workers are killed all the time (${replay})`,
  { timeout: 600_000 },
  async () => {
    process.stderr.write(`chaos: ${replay}\n`);
    onTestFailed(() => void process.stderr.write(`chaos: to replay: ${replay}\n`));
    const random = new Random(seed);
    const seeds = Array.from({ length: runs }, () => random.below(2 ** 31));
    const kills = planKills(random, seeds);
    const chaos = await start();
    const { platform, journal } = chaos;

    const killing = killAll(chaos, kills);
    killing.catch(() => {});
    const sums = await runAll(platform, journal.file, seeds);
    await killing;

    expect(sums).toEqual(seeds.map((each) => sumOf(each)));
    expect((await Run.list({ limit: 1_000 })).map(({ phase }) => phase)).toEqual(seeds.map(() => "SUCCEEDED"));
    journal.read();
    expect(mistakesIn(journal.entries, chaos.checkpoints)).toEqual([]);
    expect(journal.ended.size).toBe(countNodes(seeds));
    expect(chaos.killedWorkers).toBeGreaterThan(workerKills / 2);
    expect(await platform.close()).toBe(0);
    const pids = [...new Set([...platform.pids, ...journal.entries.map(({ pid }) => pid)])];
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  },
);

async function start(): Promise<Chaos> {
  const directory = tempDirectory();
  const home = join(directory, ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const journal = new Journal(join(directory, "journal"));
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  const { environments } = await loadEnvironments(fileURLToPath(new URL("fixtures/tree-tasks.ts", import.meta.url)));
  await deployAll([...environments.values()]);
  return { platform, journal, checkpoints: [], killedWorkers: 0 };
}

/** Kills over the whole of what will happen, in its order. */
function planKills(random: Random, seeds: readonly number[]): readonly Kill[] {
  const nodes = countNodes(seeds);
  const one = (what: Kill["what"]): Kill => ({
    what,
    nodes: Math.floor(nodes * 0.95 * random.next()),
    delayMs: random.below(30),
    which: random.below(1_000),
    againAfterMs: random.below(4) === 0 ? random.below(600) : undefined,
  });
  const platforms = Array.from({ length: platformKills }, () => one("platform"));
  const workers = Array.from({ length: workerKills }, () => one("worker"));
  return [...platforms, ...workers].toSorted((first, second) => first.nodes - second.nodes);
}

function countNodes(seeds: readonly number[]): number {
  return seeds.reduce((sum, each) => sum + pathsOf(each).length, 0);
}

async function killAll(chaos: Chaos, kills: readonly Kill[]): Promise<void> {
  for (const kill of kills) {
    await chaos.journal.reaches(kill.nodes);
    await sleep(kill.delayMs);
    if (kill.what === "worker") killWorker(chaos, kill);
    else await killPlatform(chaos, kill);
  }
}

async function killPlatform(chaos: Chaos, { againAfterMs }: Kill): Promise<void> {
  const { platform } = chaos;
  await platform.up();
  await platform.kill();
  checkpoint(chaos);
  platform.start();
  if (againAfterMs === undefined) return;
  await sleep(againAfterMs);
  await platform.kill();
  checkpoint(chaos);
  platform.start();
}

/** One of the processes that wrote a line of late and are still there. */
function killWorker(chaos: Chaos, { which }: Kill): void {
  const pids = [...new Set(chaos.journal.entries.slice(-500).map(({ pid }) => pid))].filter(isAlive);
  const pid = pids[which % pids.length];
  if (pid === undefined) return;
  process.kill(pid, "SIGKILL");
  chaos.killedWorkers += 1;
  checkpoint(chaos);
}

/** The actions that have ended by now, and then the length of the journal: in this order. */
function checkpoint({ platform, journal, checkpoints }: Chaos): void {
  const database = openDatabase(join(platform.home, "state.db"), { readOnly: true });
  const rows = database
    .prepare("SELECT runs.name AS run, actions.name FROM actions JOIN runs ON runs.id = actions.run WHERE phase >= 10")
    .all();
  database.close();
  journal.read();
  const ended = new Set(rows.map(({ run, name }) => `${String(run)}/${String(name)}`));
  checkpoints.push({ lines: journal.entries.length, ended });
}

/** Starts all runs, some at a time, and gives their outputs. */
async function runAll(
  platform: KilledPlatform,
  journal: string,
  seeds: readonly number[],
): Promise<readonly unknown[]> {
  const outputs: unknown[] = [];
  const left = seeds.entries();
  const client = async (): Promise<void> => {
    for (const [index, each] of left) {
      const run = await accepted(platform, journal, each, `run-${index}`);
      outputs[index] = await run.outputs();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return outputs;
}

/** Asks for a run until it is accepted. The key makes it one run, however often it is asked for. */
async function accepted(platform: KilledPlatform, journal: string, each: number, key: string): Promise<Run> {
  for (;;) {
    await platform.up();
    try {
      const task = await Task.get("chaos.level_1");
      return await task.run({ seed: each, path: "0" }, { idempotencyKey: key, envVars: { CHAOS_JOURNAL: journal } });
    } catch (error) {
      if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
    }
  }
}

import type { Bench } from "../bench.ts";
import { loadOf, type Ask, type Load } from "../load/wrk.ts";
import { cpuTime } from "../processes/proc.ts";
import { keepFromLoad } from "../processes/processors.ts";
import { untilQuiet } from "../processes/quiet.ts";
import type { Extra, Measurement } from "../stats/figures.ts";
import type { Server } from "../sides/server.ts";
import { compare, type Both, type Pair } from "../stats/interleave.ts";

/** Both sides, and the requests that they get. */
export interface Contest extends Both<() => Promise<Server>> {
  readonly ask: Ask;
  /** Description of the other side, for the page. */
  readonly against: string;
  /** Number of pairs that count. Default 3. */
  readonly rounds?: number;
  /** See `Bench.measurePairs`. */
  readonly limitMs?: number;
}

/** Description of the load, for the page. */
export const howLoaded =
  "Both sides are started anew for each pair, so that what the compiler and the allocator happened to do in one process is not taken for the side; once they have come to rest, both are loaded for three seconds that do not count, then both in turn for a second at a time, in the order A B B A, since the machine's speed changes from one second to the next. wrk has one thread and 64 connections; where taskset is there, wrk has one processor for itself and the processes of both sides the others. Server CPU is that of all processes and threads of a side, AppEnv's platform included (`/proc/PID/stat`), while both sides are loaded at the same time: then whatever else the machine does hits both alike, and this ratio is far steadier than the throughput's.";

/** The work of a server under the load. */
interface Performance {
  readonly requestsPerSecond: number;
  /** In microseconds of all processors. */
  readonly cpuPerRequest: number;
}

/** Requests a second of two servers, and the cost of a request. */
export async function compareLoad(bench: Bench, contest: Contest): Promise<Measurement> {
  const { rounds = 3, limitMs, against, ask } = contest;
  const load = loadOf(bench, ask);
  const measure = (oursFirst: boolean): Promise<Both<Performance>> => measurePair(bench, { contest, load }, oursFirst);
  const pairs = await bench.measurePairs(measure, { rounds, warmUp: 0, ...(limitMs === undefined ? {} : { limitMs }) });
  const rate = compare(each(pairs, "requestsPerSecond"), "requests/s");
  const cpu = compare(each(pairs, "cpuPerRequest"), "µs");
  const extra: Extra = { what: "the same: server CPU per request", against, ...cpu };
  return cpu.values.every(Number.isFinite) ? { ...rate, also: [extra] } : rate;
}

async function measurePair(
  bench: Bench,
  { contest, load }: { readonly contest: Contest; readonly load: Load },
  oursFirst: boolean,
): Promise<Both<Performance>> {
  const { ours, theirs, ask } = contest;
  await using first = await (oursFirst ? ours : theirs)();
  await using second = await (oursFirst ? theirs : ours)();
  const tallies = [new Tally(first, load, ask.path), new Tally(second, load, ask.path)] as const;
  await Promise.all(tallies.map((tally) => tally.warmUp(bench.seconds + 1)));
  for (let slice = 0; slice < bench.slices; slice += 1) {
    for (const tally of slice % 2 === 0 ? tallies : tallies.toReversed()) await tally.measure();
  }
  await Promise.all(tallies.map((tally) => tally.measureCost(bench.seconds * 2)));
  const [one, other] = tallies;
  return oursFirst ? { ours: one.mean, theirs: other.mean } : { ours: other.mean, theirs: one.mean };
}

/** Loads a server, and records its work. */
class Tally {
  readonly #server: Server;
  readonly #load: Load;
  readonly #url: string;
  readonly #rates: number[] = [];
  #cpuPerRequest = NaN;

  constructor(server: Server, load: Load, path: string) {
    this.#server = server;
    this.#load = load;
    this.#url = server.url(path);
  }

  async warmUp(seconds: number): Promise<void> {
    await this.#server.answered("/plain");
    // AppEnv starts its next spare just after a replica, and a command's compiler works on for a while.
    for (const pid of this.#server.roots) await untilQuiet(pid);
    await keepFromLoad(this.#server.roots);
    await this.#load(this.#url, seconds);
  }

  async measure(): Promise<void> {
    const { requestsPerSecond } = await this.#load(this.#url, 1);
    this.#rates.push(requestsPerSecond);
  }

  async measureCost(seconds: number): Promise<void> {
    const before = this.#cpu();
    const { requests } = await this.#load(this.#url, seconds);
    const usedMs = this.#cpu() - before;
    this.#cpuPerRequest = usedMs === 0 ? NaN : (usedMs * 1_000) / requests;
  }

  get mean(): Performance {
    const sum = this.#rates.reduce((total, rate) => total + rate, 0);
    return { requestsPerSecond: sum / this.#rates.length, cpuPerRequest: this.#cpuPerRequest };
  }

  #cpu(): number {
    return this.#server.roots.reduce((sum, pid) => sum + cpuTime(pid), 0);
  }
}

function each(pairs: readonly Pair<Performance>[], figure: keyof Performance): Pair<number>[] {
  return pairs.map(({ ours, theirs, disturbance }) => ({ ours: ours[figure], theirs: theirs[figure], disturbance }));
}

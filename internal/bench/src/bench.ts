import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installAppEnv } from "./peers/appenv.ts";
import { installBullMq, installDbos } from "./peers/task-peers.ts";
import { installWatt } from "./peers/watt.ts";
import { watchOthers } from "./processes/others.ts";
import type { Figures } from "./stats/figures.ts";
import {
  calmestPairs,
  compare,
  inTurn,
  type Measure,
  type MeasurePair,
  type Pair,
  type Pairing,
} from "./stats/interleave.ts";

/** Numbers of pairs that count, and of those before them that do not. */
interface Rounds extends Omit<Pairing, "watchOthers" | "hasTime"> {
  /** Time after which a row takes no more pairs than it needs at least, in milliseconds. Default: two minutes. */
  readonly limitMs?: number;
}

type Install = (say: (text: string) => void) => Promise<string>;

/** The tools that rows measure with. */
export class Bench implements Disposable {
  /** Fewer and shorter rounds, to try that everything works. */
  readonly quick: boolean;
  #rowBegan = performance.now();
  readonly #directories: string[] = [];
  readonly #installed = new Map<string, Promise<string>>();

  constructor(quick: boolean) {
    this.quick = quick;
  }

  /** Begins to count the time of a row. */
  beginRow(): void {
    this.#rowBegan = performance.now();
  }

  /** Time the row has taken, in milliseconds, without its installations. */
  get rowMs(): number {
    return performance.now() - this.#rowBegan;
  }

  /** Number of rounds to measure. */
  rounds(full: number): number {
    return this.quick ? Math.min(3, full) : full;
  }

  /** Measures both sides in turn, `count` times, fewer if it has to be quick. */
  async pairs(
    ours: Measure,
    theirs: Measure,
    { unit, ...pairing }: Rounds & { readonly unit: string },
  ): Promise<Figures> {
    return compare(await this.measurePairs(inTurn(ours, theirs), pairing), unit);
  }

  /** Measures a number of pairs, fewer if it has to be quick or the row has taken its time. */
  measurePairs<Sample>(
    measure: MeasurePair<Sample>,
    { rounds, limitMs = 120_000, ...pairing }: Rounds,
  ): Promise<Pair<Sample>[]> {
    const hasTime = (): boolean => this.rowMs < limitMs;
    return calmestPairs(measure, { ...pairing, rounds: this.rounds(rounds), watchOthers, hasTime });
  }

  /** Duration of a load that is not cut into slices. */
  get seconds(): number {
    return this.quick ? 1 : 2;
  }

  /** Number of slices of a load on either side; an even number. */
  get slices(): number {
    return this.quick ? 2 : 4;
  }

  /** Shows progress at the terminal. */
  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** A new directory that is removed at the end. */
  directory(): string {
    const path = mkdtempSync(join(tmpdir(), "appenv-bench-"));
    this.#directories.push(path);
    return path;
  }

  /** AppEnv as it is published, with the apps of the benchmark: built, packed and installed once a run. */
  appenv(): Promise<string> {
    return this.#once("appenv", installAppEnv);
  }

  /** Watt with the same app; installed once. */
  watt(): Promise<string> {
    return this.#once("watt", installWatt);
  }

  /** BullMQ with the scripts that use it; installed once. */
  bullMq(): Promise<string> {
    return this.#once("bullmq", installBullMq);
  }

  /** DBOS with the script that uses it; installed once. */
  dbos(): Promise<string> {
    return this.#once("dbos", installDbos);
  }

  [Symbol.dispose](): void {
    for (const path of this.#directories.splice(0))
      rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  #once(name: string, install: Install): Promise<string> {
    const installed = this.#installed.get(name) ?? this.#install(install);
    this.#installed.set(name, installed);
    return installed;
  }

  /** Runs an installation, whose time does not count. */
  async #install(install: Install): Promise<string> {
    const began = performance.now();
    const directory = await install((text) => this.say(text));
    this.#rowBegan += performance.now() - began;
    return directory;
  }
}

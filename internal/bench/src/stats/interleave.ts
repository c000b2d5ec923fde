import type { Figures } from "./figures.ts";

/** Measures one side once. */
export type Measure = () => Promise<number>;

/** The measurement of either side. */
export interface Both<Sample> {
  readonly ours: Sample;
  readonly theirs: Sample;
}

/** Measures both sides once, beginning with the given one. */
export type MeasurePair<Sample> = (oursFirst: boolean) => Promise<Both<Sample>>;

/** Settings of a measurement in pairs. */
export interface Pairing {
  /** Number of pairs that count. */
  readonly rounds: number;
  /** Pairs before the first that counts. Default 1. */
  readonly warmUp?: number;
  /** Starts watching other programs; the returned function gives their share of a processor. */
  readonly watchOthers: () => () => number;
  /** True while there is time for more than three pairs. Default: always. */
  readonly hasTime?: () => boolean;
}

/** Minimum number of pairs, however long they take. */
const fewest = 3;

/** The result of a pair. */
export interface Pair<Sample> extends Both<Sample> {
  /** The share of a processor that other programs used meanwhile. */
  readonly disturbance: number;
}

/** Above this share of a processor, a pair was disturbed by other programs. */
const calm = 0.1;

/**
 * Measures pairs, so that what changes on the machine from one to the next hits both sides. Each pair begins with the
 * other side than the one before. Pairs go on until enough were calm, at most twice as many and while there is time; the
 * calmest count, whatever they say.
 */
export async function calmestPairs<Sample>(measure: MeasurePair<Sample>, pairing: Pairing): Promise<Pair<Sample>[]> {
  const { rounds, warmUp = 1, watchOthers, hasTime = () => true } = pairing;
  for (let round = 0; round < warmUp; round += 1) await measure(true);
  const pairs: Pair<Sample>[] = [];
  const isEnough = (): boolean =>
    pairs.length >= rounds * 2 ||
    pairs.filter(({ disturbance }) => disturbance <= calm).length >= rounds ||
    (pairs.length >= Math.min(fewest, rounds) && !hasTime());
  while (!isEnough()) {
    const others = watchOthers();
    const both = await measure(pairs.length % 2 === 0);
    pairs.push({ ...both, disturbance: others() });
  }
  return pairs.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, rounds);
}

/** A pair of two measurements, one after the other. */
export function inTurn(ours: Measure, theirs: Measure): MeasurePair<number> {
  return async (oursFirst) => {
    const first = await (oursFirst ? ours : theirs)();
    const second = await (oursFirst ? theirs : ours)();
    return oursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first };
  };
}

/** The ratio of each pair, ours to theirs. */
export function compare(pairs: readonly Pair<number>[], unit: string): Figures {
  return {
    values: pairs.map(({ ours, theirs }) => ours / theirs),
    sides: { unit, ours: pairs.map((pair) => pair.ours), theirs: pairs.map((pair) => pair.theirs) },
    disturbance: Math.max(...pairs.map((pair) => pair.disturbance)),
  };
}

import type { Figures } from "../row.ts";

/** Measures one side once. */
export type Measure = () => Promise<number>;

/** How pairs are measured. */
export interface Pairing {
  /** How many pairs count. */
  readonly rounds: number;
  /** The unit of each side. */
  readonly unit: string;
  /** Pairs before the first that counts. Default 1. */
  readonly warmUp?: number;
  /** Begins to watch other programs; the function it gives tells their share of a processor. */
  readonly watchOthers: () => () => number;
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
  readonly disturbance: number;
}

/** Above this share of a processor, a pair was disturbed by other programs. */
const calm = 0.1;

/**
 * Measures both sides in turn and compares within each pair, so that what changes on the machine in between hits
 * both. Each pair begins with the other side than the one before. Pairs go on until enough were calm, at most twice
 * as many; the calmest count, whatever they say.
 */
export async function interleave(ours: Measure, theirs: Measure, pairing: Pairing): Promise<Figures> {
  const { rounds, warmUp = 1 } = pairing;
  for (let round = 0; round < warmUp; round += 1) await measurePair(ours, theirs, pairing, true);
  const pairs: Pair[] = [];
  while (pairs.length < rounds * 2 && pairs.filter(({ disturbance }) => disturbance <= calm).length < rounds) {
    pairs.push(await measurePair(ours, theirs, pairing, pairs.length % 2 === 0));
  }
  return toFigures(calmest(pairs, rounds), pairing.unit);
}

async function measurePair(ours: Measure, theirs: Measure, pairing: Pairing, oursFirst: boolean): Promise<Pair> {
  const others = pairing.watchOthers();
  const first = await (oursFirst ? ours : theirs)();
  const second = await (oursFirst ? theirs : ours)();
  const disturbance = others();
  return oursFirst ? { ours: first, theirs: second, disturbance } : { ours: second, theirs: first, disturbance };
}

function calmest(pairs: readonly Pair[], count: number): Pair[] {
  return pairs.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, count);
}

function toFigures(pairs: readonly Pair[], unit: string): Figures {
  return {
    values: pairs.map(({ ours, theirs }) => ours / theirs),
    sides: { unit, ours: pairs.map((pair) => pair.ours), theirs: pairs.map((pair) => pair.theirs) },
    disturbance: Math.max(...pairs.map((pair) => pair.disturbance)),
  };
}

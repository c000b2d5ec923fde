import type { Figures } from "../row.ts";

/** Measures one side once. */
export type Measure = () => Promise<number>;

/** How pairs are measured. */
export interface Pairing {
  readonly rounds: number;
  /** The unit of each side. */
  readonly unit: string;
  /** Rounds before the first that counts. Default 1. */
  readonly warmUp?: number;
}

/**
 * Measures both sides in turn and compares within each pair, so that what changes on the machine in between hits
 * both. Each pair begins with the other side than the one before, so that no side has the better place.
 */
export async function interleave(ours: Measure, theirs: Measure, pairing: Pairing): Promise<Figures> {
  const { rounds, unit, warmUp = 1 } = pairing;
  const sides = { unit, ours: [] as number[], theirs: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    const [own, other] = await measurePair(ours, theirs, round % 2 === 0);
    if (round < 0) continue;
    sides.ours.push(own);
    sides.theirs.push(other);
  }
  return { values: sides.ours.map((value, index) => value / (sides.theirs[index] ?? Number.NaN)), sides };
}

async function measurePair(ours: Measure, theirs: Measure, oursFirst: boolean): Promise<[number, number]> {
  if (oursFirst) {
    const own = await ours();
    return [own, await theirs()];
  }
  const other = await theirs();
  return [await ours(), other];
}

import { expect, test } from "vitest";
import type { Figures } from "../src/stats/figures.ts";
import { calmestPairs, compare, inTurn, type Pairing } from "../src/stats/interleave.ts";
import { summarise } from "../src/stats/summary.ts";

test.each([
  [[3, 1, 2], { median: 2, min: 1, max: 3 }],
  [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
  [[7], { median: 7, min: 7, max: 7 }],
])("summarises %j", (values, summary) => {
  expect(summarise(values)).toEqual(summary);
});

test("refuses to summarise anything but numbers", () => {
  expect(() => summarise([])).toThrow("No summary");
  expect(() => summarise([1, Number.NaN])).toThrow("No summary");
});

/** Measures that note their turn; their values come from lists. */
function scripted(
  ours: number[],
  theirs: number[],
): { turns: string[]; ours: () => Promise<number>; theirs: () => Promise<number> } {
  const turns: string[] = [];
  const next = (name: string, values: number[]) => async (): Promise<number> => {
    turns.push(name);
    return values.shift() ?? Number.NaN;
  };
  return { turns, ours: next("A", ours), theirs: next("B", theirs) };
}

/** The measurement of two sides in turn. */
async function interleave(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  { unit, ...pairing }: Pairing & { readonly unit: string },
): Promise<Figures> {
  return compare(await calmestPairs(inTurn(ours, theirs), pairing), unit);
}

const nobody = (): (() => number) => () => 0;

test("begins pairs with either side in turn, and leaves out the warm-up", async () => {
  const { turns, ours, theirs } = scripted([100, 2, 9], [100, 4, 3]);
  const figures = await interleave(ours, theirs, { rounds: 2, unit: "ms", watchOthers: nobody });
  expect(turns.join("")).toBe("ABABBA");
  expect(figures.values).toEqual([0.5, 3]);
  expect(figures.sides).toEqual({ unit: "ms", ours: [2, 9], theirs: [4, 3] });
});

test("measures disturbed pairs again", async () => {
  const { ours, theirs } = scripted([1, 2, 3], [1, 1, 1]);
  const shares = [0.9, 0, 0];
  const watchOthers = (): (() => number) => () => shares.shift() ?? 1;
  const figures = await interleave(ours, theirs, { rounds: 2, unit: "ms", warmUp: 0, watchOthers });
  expect(figures.values).toEqual([2, 3]);
  expect(figures.disturbance).toBe(0);
});

test("takes the calmest pairs on a machine that is never calm", async () => {
  const { ours, theirs } = scripted([1, 2, 3, 4], [1, 1, 1, 1]);
  const shares = [0.9, 0.5, 0.8, 0.4];
  const watchOthers = (): (() => number) => () => shares.shift() ?? 1;
  const figures = await interleave(ours, theirs, { rounds: 2, unit: "ms", warmUp: 0, watchOthers });
  expect(figures.values).toEqual([4, 2]);
  expect(figures.disturbance).toBe(0.5);
});

test("stops after three pairs when the time is up", async () => {
  const { ours, theirs } = scripted([1, 2, 3, 4], [1, 1, 1, 1]);
  const pairing = { rounds: 5, unit: "ms", warmUp: 0, watchOthers: nobody, hasTime: () => false };
  const figures = await interleave(ours, theirs, pairing);
  expect(figures.values).toEqual([1, 2, 3]);
});

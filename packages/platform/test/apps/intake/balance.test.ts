import { expect, it } from "vitest";
import { balance, surplusConnections } from "../../../src/apps/intake/balance.ts";
import type { Replica } from "../../../src/replicas/replica.ts";

function replica(inFlight: number, accepting: boolean, connections: number = inFlight): Replica {
  return { accepting, load: { inFlight, connections } } as unknown as Replica;
}

it("pauses who is clearly above its share and lets who is back at it accept again", () => {
  const above = replica(55, true);
  const below = replica(9, false);
  expect(balance([above, below])).toEqual({ pause: [above], resume: [below] });
});

it("leaves small differences alone", () => {
  expect(balance([replica(10, true), replica(11, true), replica(9, true)])).toEqual({ pause: [], resume: [] });
});

it("never pauses all", () => {
  for (const loads of [[1], [5, 5], [100, 0, 0], [3, 7, 11, 200]]) {
    const replicas = loads.map((load) => replica(load, true));
    expect(balance(replicas).pause.length).toBeLessThan(replicas.length);
  }
});

it("ends as many keep-alive connections as the added replica should have", () => {
  expect(surplusConnections(replica(0, true, 64), 1, 2)).toBe(32);
  expect(surplusConnections(replica(0, true, 30), 2, 3)).toBe(10);
});

import type { Bench } from "../bench.ts";
import { requestsPerSecond } from "../load/wrk.ts";
import type { Figures } from "../row.ts";
import type { Side } from "../sides/side.ts";

/** What is asked of both sides. */
export interface Comparison {
  readonly ours: Side;
  readonly theirs: Side;
  readonly path: string;
  /** Default false: connections are kept. */
  readonly newConnections?: boolean;
}

/** Requests a second of two servers, in pairs. */
export async function compareLoad(bench: Bench, comparison: Comparison): Promise<Figures> {
  const { ours, theirs, path, newConnections = false } = comparison;
  await Promise.all([ours.answered(path), theirs.answered(path)]);
  const measure = (side: Side) => (): Promise<number> =>
    requestsPerSecond(side.url(path), { seconds: bench.seconds, newConnections });
  return bench.pairs(measure(ours), measure(theirs), { rounds: 7, unit: "requests/s" });
}

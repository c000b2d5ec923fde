import { AppEnvError } from "@appenv/core";
import { invalidOption } from "@appenv/core/internal";
import type { ReplicaTraffic } from "@appenv/runtime";
import type { StoredApp, StoredRevision } from "../../state/app-store.ts";
import type { Revision } from "../../replicas/replica-group.ts";
import type { RevisionWeight } from "../contract.ts";

/** The revisions that serve an app, and the weight of each. */
export interface TrafficPlan {
  /** The revision behind the app's own port: the one with the largest weight. */
  readonly main: Revision;
  /** The others. */
  readonly sides: readonly Revision[];
  /** The newest revision first. */
  readonly weights: readonly RevisionWeight[];
}

/** The plan of a stored app. @param kept - Its revisions; asked for only if there are several. */
export function planOf(
  { revision, definition, traffic }: Pick<StoredApp, "revision" | "definition" | "traffic">,
  kept: () => readonly StoredRevision[],
): TrafficPlan {
  const latest: Revision = { number: revision, definition };
  if (traffic.length === 0) return { main: latest, sides: [], weights: [{ revision, weight: 100 }] };
  const stored = kept();
  const revisions = traffic.map((each) => (each.revision === revision ? latest : find(stored, each.revision)));
  const largest = Math.max(...traffic.map(({ weight }) => weight));
  // Of two that are alike the older one stays where it is.
  const mainNumber = traffic.findLast(({ weight }) => weight === largest)?.revision;
  const main = revisions.find(({ number }) => number === mainNumber) ?? latest;
  return { main, sides: revisions.filter((each) => each !== main), weights: traffic };
}

/** A kept revision, to be served again. @throws AppEnvError NOT_FOUND naming those there are. */
export function find(kept: readonly StoredRevision[], number: number): Revision {
  const found = kept.find((each) => each.number === number);
  if (found !== undefined) return { number, definition: { ...found.definition, desiredState: "active" } };
  const numbers = kept.map((each) => each.number).join(", ");
  throw new AppEnvError("NOT_FOUND", `There is no revision ${number}; kept are ${numbers}.`);
}

/** Checks and sorts weights, the newest revision first. @throws AppEnvError INVALID_OPTION. */
export function readWeights(weights: readonly RevisionWeight[]): readonly RevisionWeight[] {
  const numbers = new Set(weights.map(({ revision }) => revision));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  const areWhole = weights.every(({ weight }) => Number.isInteger(weight) && weight >= 0);
  if (areWhole && sum === 100 && numbers.size === weights.length) {
    return weights.toSorted((a, b) => b.revision - a.revision);
  }
  const given = weights.map(({ revision, weight }) => `${revision}=${weight}`).join(" ");
  throw invalidOption("traffic", given, "a whole percentage for each revision, together 100");
}

/** The newest revision of a plan. */
export function newestOf({ main, sides, weights }: TrafficPlan): Revision {
  return [main, ...sides].find(({ number }) => number === weights[0]?.revision) ?? main;
}

/** The weights as an app stores them: none if its newest revision gets everything. */
export function storedTraffic(weights: readonly RevisionWeight[]): readonly RevisionWeight[] {
  return weights.length === 1 ? [] : weights;
}

/** The weights a new revision asks for beside the one that serves; none if it gets everything. */
export function trafficFor(
  { number, definition }: Revision,
  serving: TrafficPlan | undefined,
): readonly RevisionWeight[] {
  const latest = definition.traffic?.latest ?? 100;
  if (latest === 100 || serving === undefined) return [];
  return [
    { revision: number, weight: latest },
    { revision: serving.main.number, weight: 100 - latest },
  ];
}

/** The weights as a replica of the main revision gets them; undefined if it answers everything itself. */
export function replicaTraffic(
  { main, sides, weights }: TrafficPlan,
  revision: number,
  portOf: (revision: number) => number | undefined,
): ReplicaTraffic | undefined {
  if (!weights.some((each) => each.weight > 0 && each.revision !== main.number)) return undefined;
  return {
    own: revision,
    sticky: newestOf({ main, sides, weights }).definition.traffic?.sticky ?? "cookie",
    weights: weights.map((each) => {
      const port = each.revision === revision ? undefined : portOf(each.revision);
      return port === undefined ? each : { ...each, port };
    }),
  };
}

/** The weights in words: `Revision 2 gets 90 % of the requests, revision 1 10 %.` */
export function describeTraffic(weights: readonly RevisionWeight[]): string {
  const [first, ...others] = weights.toSorted((a, b) => b.weight - a.weight);
  const rest = others.map(({ revision, weight }) => `, revision ${revision} ${weight} %`).join("");
  if (first === undefined || rest === "") return `Revision ${first?.revision ?? 0} is serving.`;
  return `Revision ${first.revision} gets ${first.weight} % of the requests${rest}.`;
}

import { AppEnvError } from "@appenv/core";
import { invalidOption } from "@appenv/core/internal";
import type { ReplicaTraffic } from "@appenv/runtime";
import type { Share, StoredApp, StoredRevision } from "../../contracts.ts";
import type { Revision } from "../../replicas/replica-group.ts";

/** How the requests of an app are shared out, and what serves them. */
export interface TrafficPlan {
  /** What stands behind the app's own port: it gets the largest share. */
  readonly main: Revision;
  /** The others. */
  readonly sides: readonly Revision[];
  /** The newest revision first. */
  readonly shares: readonly Share[];
}

/** The plan of a stored app. @param kept - Its revisions; asked for only if there are several. */
export function planOf(
  { revision, definition, traffic }: Pick<StoredApp, "revision" | "definition" | "traffic">,
  kept: () => readonly StoredRevision[],
): TrafficPlan {
  const latest: Revision = { number: revision, definition };
  if (traffic.length === 0) return { main: latest, sides: [], shares: [{ revision, percent: 100 }] };
  const stored = kept();
  const revisions = traffic.map((share) => (share.revision === revision ? latest : find(stored, share.revision)));
  const largest = Math.max(...traffic.map(({ percent }) => percent));
  // Of two that are alike the older one stays where it is.
  const mainNumber = traffic.findLast(({ percent }) => percent === largest)?.revision;
  const main = revisions.find(({ number }) => number === mainNumber) ?? latest;
  return { main, sides: revisions.filter((each) => each !== main), shares: traffic };
}

/** A kept revision, to be served again. @throws AppEnvError NOT_FOUND naming those there are. */
export function find(kept: readonly StoredRevision[], number: number): Revision {
  const found = kept.find((each) => each.number === number);
  if (found !== undefined) return { number, definition: { ...found.definition, desiredState: "active" } };
  const numbers = kept.map((each) => each.number).join(", ");
  throw new AppEnvError("NOT_FOUND", `There is no revision ${number}; kept are ${numbers}.`);
}

/** Checks and sorts shares, the newest revision first. @throws AppEnvError INVALID_OPTION. */
export function readShares(shares: readonly Share[]): readonly Share[] {
  const numbers = new Set(shares.map(({ revision }) => revision));
  const sum = shares.reduce((total, { percent }) => total + percent, 0);
  const areWhole = shares.every(({ percent }) => Number.isInteger(percent) && percent >= 0);
  if (areWhole && sum === 100 && numbers.size === shares.length) {
    return shares.toSorted((a, b) => b.revision - a.revision);
  }
  const given = shares.map(({ revision, percent }) => `${revision}=${percent}`).join(" ");
  throw invalidOption("traffic", given, "a whole percentage for each revision, together 100");
}

/** The newest revision of a plan. */
export function newestOf({ main, sides, shares }: TrafficPlan): Revision {
  return [main, ...sides].find(({ number }) => number === shares[0]?.revision) ?? main;
}

/** The shares as an app stores them: none if its newest revision gets everything. */
export function storedShares(shares: readonly Share[]): readonly Share[] {
  return shares.length === 1 ? [] : shares;
}

/** What a new revision asks for, if there is one that can keep the rest; else it gets everything. */
export function sharesFor({ number, definition }: Revision, serving: TrafficPlan | undefined): readonly Share[] {
  const latest = definition.traffic?.latest ?? 100;
  if (latest === 100 || serving === undefined) return [];
  return [
    { revision: number, percent: latest },
    { revision: serving.main.number, percent: 100 - latest },
  ];
}

/** What the replicas of the main revision are told; undefined if they answer everything. */
export function splitOf(
  plan: TrafficPlan,
  revision: number,
  portOf: (revision: number) => number | undefined,
): ReplicaTraffic | undefined {
  const { main, shares } = plan;
  if (!shares.some((share) => share.percent > 0 && share.revision !== main.number)) return undefined;
  return {
    own: revision,
    sticky: newestOf(plan).definition.traffic?.sticky ?? "cookie",
    weights: shares.map((share) => {
      const port = share.revision === revision ? undefined : portOf(share.revision);
      return { revision: share.revision, weight: share.percent, ...(port === undefined ? {} : { port }) };
    }),
  };
}

/** For people. */
export function describeShares(shares: readonly Share[]): string {
  const [first, ...others] = shares.toSorted((a, b) => b.percent - a.percent);
  const rest = others.map(({ revision, percent }) => `, revision ${revision} ${percent} %`).join("");
  if (first === undefined || rest === "") return `Revision ${first?.revision ?? 0} is serving.`;
  return `Revision ${first.revision} gets ${first.percent} % of the requests${rest}.`;
}

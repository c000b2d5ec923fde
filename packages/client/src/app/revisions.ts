import { AppEnvError } from "@appenv/core";
import { invalidOption } from "@appenv/core/internal";
import { RevisionService, type AppId, type RevisionMessage } from "@appenv/protocol";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";

/** One of an app's numbered definitions, and the traffic it gets. */
export interface Revision {
  readonly number: number;
  readonly createdAt: Date | undefined;
  /** Requests of 100 that it gets. */
  readonly weight: number;
  /** Reaches this revision only; empty unless it runs beside another one. */
  readonly endpoint: string;
  /** Replicas that can answer. */
  readonly replicas: number;
  /** Requests, and those answered with a status of 500 or above, since the weights last changed. */
  readonly requests: number;
  readonly failures: number;
  /** Its phase in words, for people. */
  readonly message: string;
  /** The differences from the kept revision before it. */
  readonly changes: readonly DefinitionChange[];
}

/** A difference between two definitions of an app. */
export interface DefinitionChange {
  /** For example `replicas.max` or `envVars.LOG_LEVEL`. */
  readonly path: string;
  /** As JSON, or `(hidden)`, as values of env vars are; undefined: it was not there. */
  readonly before: string | undefined;
  /** As JSON, or `(hidden)`; undefined: it is there no more. */
  readonly after: string | undefined;
}

/** Requests of 100 that each revision gets, by the revisions' numbers. */
export type RevisionWeights = Readonly<Record<number, number>>;

/** The revisions that are kept, newest first. @throws AppEnvError NOT_FOUND, UNSUPPORTED on other control planes. */
export async function listRevisions(controlPlane: ControlPlane, app: AppId): Promise<readonly Revision[]> {
  requirePlatform(
    controlPlane,
    "Revisions and their weights",
    "Serve the code that you want again: on a cluster, the revision that was served last gets all requests once it is ready.",
  );
  const { revisions } = await createClient(RevisionService, controlPlane.transport).listRevisions({ app });
  return revisions.map(readRevision);
}

/** @throws AppEnvError NOT_FOUND, INVALID_OPTION, UNSUPPORTED. */
export async function setTraffic(controlPlane: ControlPlane, app: AppId, weights: RevisionWeights): Promise<void> {
  const wanted = complete(weights, await listRevisions(controlPlane, app));
  await createClient(RevisionService, controlPlane.transport).setTraffic({
    app,
    weights: Object.entries(wanted).map(([revision, weight]) => ({ revision: BigInt(revision), weight })),
  });
}

/**
 * Weights without the newest of the revisions that serve, or all for `to`.
 *
 * @throws AppEnvError INVALID_OPTION if there is nothing to go back to.
 */
export function weightsBefore(revisions: readonly Revision[], to: number | undefined): RevisionWeights {
  if (to !== undefined) return { [to]: 100 };
  // A revision of weight 0, which runs at its own endpoint, is taken out too.
  const [newest, ...others] = revisions.filter(({ weight, endpoint }) => weight > 0 || endpoint !== "");
  if (others.length > 0) return rest(Object.fromEntries(others.map(({ number, weight }) => [number, weight])), others);
  const before = revisions.find(({ number }) => newest !== undefined && number < newest.number);
  if (before !== undefined) return { [before.number]: 100 };
  throw invalidOption("rollback", newest?.number ?? "nothing that serves", "a revision that has one before it");
}

/** Gives what is missing to 100 to the heaviest of the revisions that were not named. */
function complete(weights: RevisionWeights, revisions: readonly Revision[]): RevisionWeights {
  for (const [revision, weight] of Object.entries(weights)) {
    if (Number.isInteger(Number(revision)) && Number.isInteger(weight) && weight >= 0 && weight <= 100) continue;
    throw invalidOption(
      "traffic",
      `${revision}=${weight}`,
      "a revision's number and a weight, a whole number from 0 to 100",
    );
  }
  return rest(
    weights,
    revisions.filter(({ number, weight }) => weight > 0 && !(number in weights)),
  );
}

function rest(weights: RevisionWeights, heirs: readonly Revision[]): RevisionWeights {
  const missing = 100 - Object.values(weights).reduce((total, weight) => total + weight, 0);
  if (missing === 0) return weights;
  const [heir] = heirs.toSorted((a, b) => b.weight - a.weight);
  if (missing > 0 && heir !== undefined) {
    return { ...weights, [heir.number]: (weights[heir.number] ?? 0) + missing };
  }
  const given = Object.entries(weights).map(([revision, weight]) => `${revision}=${weight}`);
  throw new AppEnvError("INVALID_OPTION", `The weights ${given.join(" ")} are ${100 - missing} together, not 100.`, {
    fix: "Make them add up to 100, or name fewer revisions: the rest goes to the one that serves beside them.",
  });
}

function readRevision({ number, createdAt, requests, failures, ...revision }: RevisionMessage): Revision {
  const { weight, endpoint, replicas, message, changes } = revision;
  return {
    changes: changes.map(({ path, before, after }) => ({ path, before, after })),
    number: Number(number),
    requests: Number(requests),
    failures: Number(failures),
    weight,
    endpoint,
    replicas,
    message,
    createdAt: createdAt === undefined ? undefined : timestampDate(createdAt),
  };
}

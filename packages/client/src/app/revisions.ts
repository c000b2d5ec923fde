import { AppEnvError } from "@appenv/core";
import { invalidOption } from "@appenv/core/internal";
import { RevisionService, type AppId, type RevisionMessage } from "@appenv/protocol";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import type { Target } from "../target/connect.ts";

/** A definition an app had, and what it serves now. */
export interface Revision {
  readonly number: number;
  readonly createdAt: Date | undefined;
  /** The percentage of requests it gets. */
  readonly percent: number;
  /** Where only this revision answers; empty if it does not run beside another one. */
  readonly endpoint: string;
  /** Replicas that can answer. */
  readonly replicas: number;
  /** Requests, and those answered with a status of 500 and above, since the shares last changed. */
  readonly requests: number;
  readonly failures: number;
  /** What it does, for people. */
  readonly message: string;
}

/** Percentages by revision. */
export type Shares = Readonly<Record<number, number>>;

/** The revisions that are kept, newest first. @throws AppEnvError NOT_FOUND, UNSUPPORTED on other control planes. */
export async function listRevisions(target: Target, app: AppId): Promise<readonly Revision[]> {
  const { revisions } = await createClient(RevisionService, target.transport).listRevisions({ app });
  return revisions.map(readRevision);
}

/** @throws AppEnvError NOT_FOUND, INVALID_OPTION, UNSUPPORTED. */
export async function setTraffic(target: Target, app: AppId, shares: Shares): Promise<void> {
  const wanted = complete(shares, await listRevisions(target, app));
  await createClient(RevisionService, target.transport).setTraffic({
    app,
    shares: Object.entries(wanted).map(([revision, percent]) => ({ revision: BigInt(revision), percent })),
  });
}

/**
 * The shares that take the newest of the serving revisions out, or give everything to `to`.
 *
 * @throws AppEnvError INVALID_OPTION if there is nothing to go back to.
 */
export function sharesBefore(revisions: readonly Revision[], to: number | undefined): Shares {
  if (to !== undefined) return { [to]: 100 };
  // One that runs with no share, at its own endpoint, is taken out too.
  const [newest, ...others] = revisions.filter(({ percent, endpoint }) => percent > 0 || endpoint !== "");
  if (others.length > 0)
    return rest(Object.fromEntries(others.map(({ number, percent }) => [number, percent])), others);
  const before = revisions.find(({ number }) => newest !== undefined && number < newest.number);
  if (before !== undefined) return { [before.number]: 100 };
  throw invalidOption("rollback", newest?.number ?? "nothing that serves", "a revision that has one before it");
}

/** What is missing to 100 percent goes to whoever has the most of the revisions that were not named. */
function complete(shares: Shares, revisions: readonly Revision[]): Shares {
  for (const [revision, percent] of Object.entries(shares)) {
    if (Number.isInteger(Number(revision)) && Number.isInteger(percent) && percent >= 0 && percent <= 100) continue;
    throw invalidOption(
      "traffic",
      `${revision}=${percent}`,
      "a revision's number and a whole percentage from 0 to 100",
    );
  }
  return rest(
    shares,
    revisions.filter(({ number, percent }) => percent > 0 && !(number in shares)),
  );
}

function rest(shares: Shares, heirs: readonly Revision[]): Shares {
  const missing = 100 - Object.values(shares).reduce((total, percent) => total + percent, 0);
  if (missing === 0) return shares;
  const [heir] = heirs.toSorted((a, b) => b.percent - a.percent);
  if (missing > 0 && heir !== undefined) {
    return { ...shares, [heir.number]: (shares[heir.number] ?? 0) + missing };
  }
  const given = Object.entries(shares).map(([revision, percent]) => `${revision}=${percent}`);
  throw new AppEnvError("INVALID_OPTION", `The shares ${given.join(" ")} are ${100 - missing} percent together.`, {
    fix: "Let them be 100, or name fewer revisions: the rest goes to the one that serves beside them.",
  });
}

function readRevision({ number, createdAt, requests, failures, ...revision }: RevisionMessage): Revision {
  const { percent, endpoint, replicas, message } = revision;
  return {
    number: Number(number),
    requests: Number(requests),
    failures: Number(failures),
    percent,
    endpoint,
    replicas,
    message,
    createdAt: createdAt === undefined ? undefined : timestampDate(createdAt),
  };
}

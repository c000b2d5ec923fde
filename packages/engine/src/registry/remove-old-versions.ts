import type { TaskStore } from "../store/task-store.ts";
import type { OldVersion } from "../store/version-table.ts";

/** Maximum versions that are looked at in one step: others come in between. */
const versionsAtOnce = 200;
/** Time for which a version stays in any case, in milliseconds: a run or a trigger that names it may be about to be stored. */
const settlingMs = 3_600_000;

/**
 * Deletes versions of tasks that nothing needs, some at a time.
 *
 * @param isInUse - Asked for the URI of a version's code: true if somebody may be about to use it.
 * @returns How many were deleted.
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
 */
export async function removeOldVersions(store: TaskStore, isInUse: (bundle: string) => boolean): Promise<number> {
  let removed = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const from: number = after;
    const looked: Looked = await store.committer.commit(() => removeSome(store, from, isInUse));
    removed += looked.removed;
    after = looked.last;
  }
  return removed;
}

interface Looked {
  readonly removed: number;
  /** The last version that was looked at; undefined: there are no more. */
  readonly last: number | undefined;
}

/** Within a transaction: every row that waited is written, so that nothing that is about to be named goes. */
function removeSome({ versions, tasks }: TaskStore, after: number, isInUse: (bundle: string) => boolean): Looked {
  const last = versions.lastAfter(after, versionsAtOnce);
  if (last === undefined) return { removed: 0, last };
  const since = Date.now() - settlingMs;
  const isFree = (version: OldVersion): boolean =>
    !(version.bundle !== undefined && isInUse(version.bundle)) && !versions.isNeeded(version, since);
  const free = versions.some({ after, last }, since).filter(isFree);
  for (const version of free) versions.remove(version);
  // Writes that come after this one in the transaction read the rows anew.
  if (free.length > 0) tasks.forgetRead();
  return { removed: free.length, last };
}

import type { EngineContext } from "../live/context.ts";

/** Free pages that stay, for what comes next. */
const keptPages = 250;
/** Pages that one step gives back to the disk. */
const pagesAtOnce = 200;

/**
 * Gives some free pages of the database back to the disk if more than a quarter of it is free. Answers true if there is more
 * to do. A database that an older version has made cannot: its free pages are used again.
 */
export async function shrinkSome({ store: { committer, database } }: EngineContext): Promise<boolean> {
  const read = (pragma: string): number => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  const free = read("freelist_count");
  if (read("auto_vacuum") !== 2 || free <= keptPages || free * 4 < read("page_count")) return false;
  await committer.commit(() => database.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`));
  return read("freelist_count") < free;
}

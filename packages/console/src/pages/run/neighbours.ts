import type { RunMessage } from "@appenv/protocol/tasks";
import { say } from "../../parts/toast.tsx";
import { lastList } from "../../route/last-list.ts";
import { go } from "../../route/location.ts";
import { pathOf, runKey, type Name } from "../../route/names.ts";
import { findRuns, readFilters } from "../runs/filters.ts";

const pageSize = 200;
/** Maximum pages that are looked through for a run. */
const mostPages = 50;

/** Goes to the run before or after one, in the list that was seen last. */
export async function goToNeighbour(run: Name, by: 1 | -1): Promise<void> {
  const found = await neighbour(runKey(run), by);
  if (found === undefined) say(by === 1 ? "This is the last run of the list." : "This is the first run of the list.");
  else if (found === "unlisted") say("The list of runs does not have this one any more.");
  else go(pathOf("runs", found.action?.id?.run));
}

async function neighbour(key: string, by: 1 | -1): Promise<RunMessage | "unlisted" | undefined> {
  const filters = readFilters(lastList());
  let [before, isNext] = [undefined as RunMessage | undefined, false];
  let token = "";
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await findRuns(filters, { limit: pageSize, token });
    for (const { run } of answer.runs) {
      if (isNext) return run;
      const isIt = runKey(run.action?.id?.run) === key;
      if (isIt && by === -1) return before;
      isNext = isIt;
      before = run;
    }
    token = answer.token;
    if (token === "") break;
  }
  return isNext ? undefined : "unlisted";
}

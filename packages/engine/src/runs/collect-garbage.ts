import type { EngineContext } from "../live/context.ts";
import type { RunFilesOwner } from "../contracts/files.ts";

const itemsAtOnce = 100;

/**
 * Removes some objects and files that deleted runs named and nothing else does. They are removed before the database forgets
 * them: a platform that is killed in between does it again.
 *
 * @param after - The last item of the step before; empty at first.
 * @returns `last`: undefined if there is no more. `left`: true if something was used so short a time ago that it stays.
 */
export async function collectSome(
  context: EngineContext,
  files: RunFilesOwner,
  after: string,
): Promise<{ readonly last: string | undefined; readonly left: boolean }> {
  const { store } = context;
  const items = store.garbage.some(after, itemsAtOnce);
  const last = items.at(-1);
  if (last === undefined) return { last, left: false };
  const runs = items.filter((item) => item.startsWith("runs/") && !store.garbage.isHeld(item));
  await Promise.all(runs.map((item) => files.remove(runOf(item), true)));
  // Within a transaction every row that waited is written: nothing that is about to be named goes.
  const left = await store.committer.commit(() => items.filter((item) => !collect(context, item)).length);
  return { last, left: left > 0 };
}

function collect({ store: { garbage, objects } }: EngineContext, item: string): boolean {
  if (item.includes("/")) {
    if (!garbage.isHeld(item) && !item.startsWith("runs/") && !objects.removeKept(item)) return false;
  } else if (!garbage.isNamed(item)) {
    if (!objects.remove(item)) return false;
    garbage.free(item);
  }
  garbage.remove(item);
  return true;
}

function runOf(item: string): { readonly project: string; readonly domain: string; readonly run: string } {
  const [, project = "", domain = "", run = ""] = item.split("/");
  return { project, domain, run };
}

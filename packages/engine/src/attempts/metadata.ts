import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/** Longer ones are refused where they are made, so this is not from there. */
const mostCharacters = 64 * 1024;

/** The latest metadata of actions that are on their way to the disk. */
const latest: WeakMap<ActionState, { json: string }> = new WeakMap();

/** Stores the metadata of an action with the next transaction. */
export function saveMetadata(context: EngineContext, action: ActionState, json: string): void {
  if (json.length > mostCharacters) return;
  const { committer, metadata } = context.store;
  const kept = latest.get(action) ?? { json };
  kept.json = json;
  latest.set(action, kept);
  // Its listeners hear of it.
  context.save(action);
  committer.save(kept, () => metadata.put(action.row.id, kept.json));
}

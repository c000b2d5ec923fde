import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/**
 * Looks anew whether an action waits for what comes from outside only, and so those above it: all that its attempt waits for
 * are conditions and events, or actions that wait for those only. Called whenever its calls or its children have changed.
 */
export function reconsider(context: EngineContext, action: ActionState): void {
  for (let each: ActionState | undefined = action; each !== undefined; each = each.parent) {
    const isPaused = waitsForOthers(each);
    if (isPaused === each.paused) return;
    each.paused = isPaused;
    if (each.parent !== undefined) each.parent.pausedChildren += isPaused ? 1 : -1;
    each.row.phase = isPaused ? "PAUSED" : "RUNNING";
    context.save(each);
  }
}

/** True if an action waits for what comes from outside only, as far as its calls tell; its own computing cannot be seen from here. */
function waitsForOthers({ attempt, children, pausedChildren, stopping }: ActionState): boolean {
  if (attempt === undefined || attempt.over || stopping !== undefined) return false;
  return attempt.waiting > 0 && children.size > 0 && pausedChildren === children.size;
}

import { Objects } from "../objects/objects.ts";
import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/** Stores the HTML of an action's report with the next transaction. */
export function saveReport(context: EngineContext, action: ActionState, html: string): void {
  const { committer, reports, objects } = context.store;
  const bytes = Buffer.from(html);
  action.row.hasReport = true;
  context.save(action);
  if (!Objects.isLarge(bytes)) {
    committer.save({}, () => reports.put(action.row.id, { html }));
    return;
  }
  // A report is no result: if it cannot be stored, that is said, and the action goes on.
  void objects.put(bytes).then(
    ({ object = "" }) => committer.save({}, () => reports.put(action.row.id, { object })),
    (error: unknown) => context.log(action, `The report cannot be stored: ${String(error)}`),
  );
}

import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

const mostNamed = 20;

/** Logs the calls of an earlier attempt that this one did not make: its code took another way. */
export function noteNotAsked(
  context: EngineContext,
  action: ActionState,
  attempt: number,
  requested: readonly string[],
): void {
  const { actions, tasks } = context.store;
  const asked = new Set(requested);
  const missing = actions
    .children(action.row.id)
    .filter((row) => !asked.has(String(row["name"])))
    .map((row) => {
      const task = row["task"] === null ? undefined : tasks.byId(Number(row["task"]))?.record.id.name;
      return `${task ?? String(row["label"])} (${String(row["name"])})`;
    });
  if (missing.length === 0) return;
  const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : "";
  context.log(
    action,
    `Attempt ${attempt} did not ask for what an earlier one did: ${missing.slice(0, mostNamed).join(", ")}${more}. ` +
      "Is something in the task different each time it runs, such as the time or a random number?",
  );
}

import type { ActionId } from "@appenv/protocol";

/** The identity of an action's program towards the API. */
export function actionSubject({ run, action }: Pick<ActionId, "run" | "action">): string {
  return `action:${run}/${action}`;
}

import type { ActionId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "../contracts/actions.ts";

/** The event of a change, whose action is read when somebody looks at it. */
export function lazyEvent(id: ActionId, read: () => ActionRecord): ActionEvent {
  let action: ActionRecord | undefined;
  return {
    id,
    get action() {
      return (action ??= read());
    },
  };
}

import type { AppMessage, Condition } from "@appenv/protocol";

/** The condition of an app now: its last one. */
export function conditionOf(app: AppMessage | undefined): Condition | undefined {
  return app?.status?.conditions.at(-1);
}

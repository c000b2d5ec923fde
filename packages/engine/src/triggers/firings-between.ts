import type { TriggerRecord } from "../contracts/triggers.ts";
import { nextFiring } from "./firing-times.ts";

/** The times from `from` until before `to` for which a trigger would have fired, in order. @throws AppEnvError INVALID_OPTION. */
export function* firingsBetween(trigger: TriggerRecord, from: Date, to: Date): Generator<Date> {
  const { automation } = trigger.definition;
  if (automation.kind === "fixed-rate" && automation.startTime === undefined) {
    // It is counted from when it was activated or fired last: so were those before.
    const anchor = (trigger.nextAt ?? trigger.triggeredAt ?? trigger.updatedAt).getTime();
    const steps = Math.ceil((from.getTime() - anchor) / automation.everyMs);
    for (let at = anchor + steps * automation.everyMs; at < to.getTime(); at += automation.everyMs) yield new Date(at);
    return;
  }
  const before = new Date(from.getTime() - 1);
  let at = nextFiring(automation, before, before);
  while (at !== undefined && at < to) {
    yield at;
    at = nextFiring(automation, at, at);
  }
}

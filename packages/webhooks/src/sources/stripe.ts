import { checkOptions } from "@appenv/core/internal";
import { isSigned } from "./signature.ts";
import {
  headerOf,
  isInTime,
  textOf,
  toleranceMs,
  type TimedSourceOptions,
  type WebhookSource,
  timedSourceOptionNames,
} from "./source.ts";

/** Stripe: `Stripe-Signature: t=TIME,v1=SIGNATURE` over time and body; the id is the event's. */
export function stripe(options: TimedSourceOptions): WebhookSource {
  checkOptions(options, "stripe", timedSourceOptionNames);
  const { secret, name = "stripe" } = options;
  const within = toleranceMs(options);
  return {
    name,
    secret,
    signatureHeader: "Stripe-Signature",
    verify({ headers, rawBody, receivedAt }, secrets) {
      const items = headerOf(headers, "stripe-signature").split(",").map(keyAndValue);
      const [time = "", ...moreTimes] = valuesOf(items, "t");
      const right = isSigned([`${time}.`, rawBody], secrets, valuesOf(items, "v1"));
      return right && moreTimes.length === 0 && isInTime(time, receivedAt, within);
    },
    describe(_, payload) {
      const type = textOf(payload, "type");
      return { id: textOf(payload, "id"), type, isTest: type === "v2.core.event_destination.ping" };
    },
  };
}

function keyAndValue(item: string): readonly [string, string] {
  const at = item.indexOf("=");
  return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

function valuesOf(items: readonly (readonly [string, string])[], key: string): string[] {
  // More than a few are no rotation, but work for the comparer.
  return items
    .filter(([name]) => name === key)
    .slice(0, 10)
    .map(([, value]) => value);
}

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

/**
 * Slack: `X-Slack-Signature: v0=SIGNATURE` over time and body. The id is that of the event, or of an interaction's
 * trigger. Slack's tests of the address (`url_verification`, `ssl_check`) are answered by themselves.
 */
export function slack(options: TimedSourceOptions): WebhookSource {
  checkOptions(options, "slack", timedSourceOptionNames);
  const { secret, name = "slack" } = options;
  const within = toleranceMs(options);
  return {
    name,
    secret,
    signatureHeader: "X-Slack-Signature",
    verify({ headers, rawBody, receivedAt }, secrets) {
      const time = headerOf(headers, "x-slack-request-timestamp");
      const [version, signature = "", ...more] = headerOf(headers, "x-slack-signature").split("=");
      const signatures = version === "v0" && more.length === 0 ? [signature] : [];
      const right = isSigned([`v0:${time}:`, rawBody], secrets, signatures);
      return right && isInTime(time, receivedAt, within);
    },
    describe: (_, payload) => ({
      id: textOf(payload, "event_id") || textOf(payload, "trigger_id"),
      type: typeOf(payload),
    }),
    greet(payload) {
      // Slack looks now and then whether the certificate of a command's address is valid.
      if (textOf(payload, "ssl_check") === "1") return new Response(null, { status: 200 });
      if (textOf(payload, "type") !== "url_verification") return undefined;
      return Response.json({ challenge: textOf(payload, "challenge") });
    },
  };
}

function typeOf(payload: unknown): string {
  const event = (payload as { event?: unknown } | null | undefined)?.event;
  return textOf(event, "type") || textOf(payload, "type") || textOf(payload, "command");
}

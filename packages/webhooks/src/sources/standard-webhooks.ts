import { isSigned, type SignatureRule } from "./signature.ts";
import { headerOf, isInTime, textOf, toleranceMs, type TimedSourceOptions, type WebhookSource } from "./source.ts";

const rule: SignatureRule = { algorithm: "sha256", encoding: "base64" };

/**
 * Senders that follow Standard Webhooks (standardwebhooks.com): `webhook-signature: v1,SIGNATURE` over id, time and
 * body, with a secret in base64 that may begin with `whsec_`.
 */
export function standardWebhooks(options: TimedSourceOptions): WebhookSource {
  const { secret, name = "standard" } = options;
  const within = toleranceMs(options);
  return {
    name,
    secret,
    signatureHeader: "webhook-signature",
    verify({ headers, rawBody, receivedAt }, secrets) {
      const id = headerOf(headers, "webhook-id");
      const time = headerOf(headers, "webhook-timestamp");
      const signatures = signaturesOf(headerOf(headers, "webhook-signature"));
      const right = isSigned([`${id}.${time}.`, rawBody], secrets.map(keyOf), signatures, rule);
      return right && id !== "" && isInTime(time, receivedAt, within);
    },
    describe: ({ headers }, payload) => ({ id: headerOf(headers, "webhook-id"), type: textOf(payload, "type") }),
  };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

function signaturesOf(header: string): string[] {
  const items = header.split(" ").slice(0, 10);
  return items.filter((item) => item.startsWith("v1,")).map((item) => item.slice(3));
}

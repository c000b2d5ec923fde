import { checkOptions } from "@appenv/core/internal";
import { isSigned, type SignatureRule } from "./signature.ts";
import {
  headerOf,
  isInTime,
  textOf,
  toleranceMs,
  type TimedSourceOptions,
  type WebhookSource,
  timedSourceOptionNames,
} from "./source.ts";

const rule: SignatureRule = { algorithm: "sha256", encoding: "base64" };

/**
 * Senders that follow Standard Webhooks (standardwebhooks.com): `webhook-signature: v1,SIGNATURE` over id, time and
 * body, with a secret in base64 that may begin with `whsec_`.
 */
export function standardWebhooks(options: TimedSourceOptions): WebhookSource {
  checkOptions(options, "standardWebhooks", timedSourceOptionNames);
  const { secret, name = "standard" } = options;
  const within = toleranceMs(options);
  return {
    name,
    secret,
    signatureHeader: "webhook-signature",
    secretProblem,
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

/** Keys of these senders have at least 24 bytes; with fewer than these 16 they could be guessed. */
const leastBytes = 16;

function secretProblem(secret: string): string | undefined {
  // Node's decoder skips characters that are no base64: without this check some texts are the empty key.
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encodedKey(secret))) return "holds no base64";
  const { length } = keyOf(secret);
  return length < leastBytes ? `decodes to ${length} bytes, fewer than ${leastBytes}` : undefined;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(encodedKey(secret), "base64");
}

function encodedKey(secret: string): string {
  return secret.trim().replace(/^whsec_/, "");
}

function signaturesOf(header: string): string[] {
  const items = header.split(" ").slice(0, 10);
  return items.filter((item) => item.startsWith("v1,")).map((item) => item.slice(3));
}

import { createHmac, timingSafeEqual } from "node:crypto";

/** The encoding of a signature. */
export type SignatureEncoding = "hex" | "base64" | "base64url";

/** The hash and the encoding of a signature. */
export interface SignatureRule {
  /** As OpenSSL names it. */
  readonly algorithm: string;
  readonly encoding: SignatureEncoding;
}

const sha256Hex: SignatureRule = { algorithm: "sha256", encoding: "hex" };

/**
 * True if one of the signatures is right for one of the keys. Every signature is compared with every key, each in
 * constant time.
 */
export function isSigned(
  parts: readonly (string | Buffer)[],
  keys: readonly (string | Buffer)[],
  signatures: readonly string[],
  rule: SignatureRule = sha256Hex,
): boolean {
  let found = false;
  for (const key of keys) {
    const hmac = createHmac(rule.algorithm, key);
    for (const part of parts) hmac.update(part);
    // Compared as text: a decoder would let trailing garbage pass.
    const expected = Buffer.from(hmac.digest(rule.encoding));
    for (const signature of signatures) found = isSame(expected, normalized(signature, rule)) || found;
  }
  return found;
}

function normalized(signature: string, { encoding }: SignatureRule): Buffer {
  return Buffer.from(encoding === "hex" ? signature.toLowerCase() : signature);
}

function isSame(expected: Buffer, given: Buffer): boolean {
  // The length of a signature is no secret.
  return expected.length === given.length && timingSafeEqual(expected, given);
}

import { randomBytes, timingSafeEqual } from "node:crypto";
import { isRefused } from "../transport/system-code.ts";
import { expectedProof } from "./api-token.ts";
import { requestAt } from "./request-at.ts";

/** A control plane's answer about itself. */
export interface Probe {
  /** True if it is AppEnv's embedded platform. */
  readonly embedded: boolean;
  /** The embedded platform's state directory. */
  readonly home?: string;
  /** The embedded platform's version. */
  readonly version?: string;
  /** It has the token that was asked for. */
  readonly proved?: true;
  /** The options that the embedded platform does not honour. */
  readonly ignoredOptions?: readonly string[];
  /** Nothing listens there. */
  readonly refused?: true;
}

interface Answer {
  readonly platform?: unknown;
  readonly home?: unknown;
  readonly version?: unknown;
  readonly ignoredOptions?: unknown;
  readonly proof?: unknown;
}

const limits = { bytes: 64 * 1024, ms: 2_000 };

/**
 * Asks `GET /healthz`. Any other answer than the embedded platform's comes from another control plane, or from none. With
 * the token of a state directory, the platform must prove that it has the same one, without either side sending it: another
 * user's program may have its port.
 */
export async function probe(endpoint: string, token?: string): Promise<Probe> {
  const challenge = randomBytes(24).toString("base64url");
  try {
    const response = await requestAt(
      endpoint,
      `/healthz${token === undefined ? "" : `?challenge=${challenge}`}`,
      {},
      limits,
    );
    const answer = (await response.json()) as Answer | null;
    const embedded = answer?.platform === "appenv";
    return {
      embedded,
      ...(typeof answer?.home === "string" ? { home: answer.home } : {}),
      ...(typeof answer?.version === "string" ? { version: answer.version } : {}),
      ...(token !== undefined && isSame(answer?.proof, expectedProof(token, challenge)) ? { proved: true } : {}),
      ...(Array.isArray(answer?.ignoredOptions) ? { ignoredOptions: answer.ignoredOptions.map(String) } : {}),
    };
  } catch (error) {
    return isRefused(error) ? { embedded: false, refused: true } : { embedded: false };
  }
}

function isSame(proof: unknown, expected: string): boolean {
  if (typeof proof !== "string" || proof.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(proof), Buffer.from(expected));
}

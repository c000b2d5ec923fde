import { randomBytes, timingSafeEqual } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import type { FetchLimits } from "@appenv/core/internal";
import { isLate, isRefused, systemCode } from "../transport/system-code.ts";
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

/** Limits of the answer. A platform that is busy, or a machine that is, takes seconds. */
const defaultLimits = { bytes: 64 * 1024, ms: 15_000 };

/**
 * Asks `GET /healthz`. Any other answer than the embedded platform's comes from another control plane. With the token of a
 * state directory, the platform must prove that it has the same one, without either side sending it: another user's program
 * may have its port.
 *
 * @throws AppEnvError UNREACHABLE if it takes the connection and does not answer: nobody can say what it is.
 */
export async function probe(
  endpoint: string,
  token?: string,
  limits: Required<FetchLimits> = defaultLimits,
): Promise<Probe> {
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
    // A socket's file is gone with the platform.
    if (isRefused(error) || systemCode(error) === "ENOENT") return { embedded: false, refused: true };
    if (!isLate(error)) return { embedded: false };
    throw new AppEnvError("UNREACHABLE", `${endpoint} did not answer within ${limits.ms / 1_000} s.`, {
      fix: "Try again when it has less to do, or look into what listens there.",
      cause: error,
    });
  }
}

function isSame(proof: unknown, expected: string): boolean {
  if (typeof proof !== "string" || proof.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(proof), Buffer.from(expected));
}

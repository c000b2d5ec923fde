import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { ReplicaAuth } from "../replica/messages.ts";
import { problem, type Problem, type ProblemHeaders } from "./problem.ts";

/** Whether a request may pass. */
export type Guard = (request: IncomingMessage) => boolean;

/** The answer to a request that may not pass; the same one whether the key is missing or wrong. */
export const unauthenticated: Problem = problem(
  401,
  "UNAUTHENTICATED",
  "This app needs an API key: send `Authorization: Bearer KEY` or `x-api-key: KEY`.",
);

/** Tells clients how to authenticate. */
export const challenge: ProblemHeaders = { "WWW-Authenticate": "Bearer" };

/** The SHA-256 of an API key in hex: the only form in which keys are kept. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** How many accepted keys are remembered in clear, so that a request with a known key costs no hash. */
const rememberedKeys = 1_000;

/** A guard that lets requests pass whose key is one of the accepted ones; undefined if none is needed. */
export function createGuard(auth: ReplicaAuth): Guard | undefined {
  if (!auth.required) return undefined;
  const accepted = auth.keyHashes.map((hash) => Buffer.from(hash, "hex")).filter((hash) => hash.length === 32);
  // A look-up by the whole key tells nothing about a part of it: V8 compares its randomly seeded hash first.
  const known = new Set<string>();
  return (request) => {
    const key = readKey(request);
    if (key === undefined) return false;
    if (known.has(key)) return true;
    const passes = isAccepted(key, accepted);
    if (passes && known.size < rememberedKeys) known.add(key);
    return passes;
  };
}

/** Compares with every accepted key, each in constant time. */
function isAccepted(key: string, accepted: readonly Buffer[]): boolean {
  const hash = createHash("sha256").update(key).digest();
  let found = false;
  for (const candidate of accepted) found = timingSafeEqual(candidate, hash) || found;
  return found;
}

function readKey({ headers }: IncomingMessage): string | undefined {
  const { authorization, "x-api-key": apiKey } = headers;
  if (authorization !== undefined) {
    const match = /^bearer +(\S+) *$/i.exec(authorization);
    if (match !== null) return match[1];
  }
  return typeof apiKey === "string" ? apiKey : undefined;
}

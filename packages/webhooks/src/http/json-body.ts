import type { IncomingMessage } from "node:http";
import { parseJson } from "./parse-json.ts";
import { Problem } from "./problem.ts";
import { bodyLimits, readBody } from "./read-body.ts";

/** 10 MiB, the most that a task takes unless it says otherwise. */
const limits = { ...bodyLimits, bytes: 10 * 2 ** 20, ms: 60_000 };

/** The JSON object a request carries; an empty one without a body. @throws Problem 400, 408, 413, 415. */
export async function readJsonObject(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request, limits);
  if (body.byteLength === 0) return {};
  const type = request.headers["content-type"] ?? "application/json";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type)) {
    throw new Problem(415, "NOT_JSON", "The body must be JSON: send `Content-Type: application/json`.");
  }
  const value = parseJson(body.toString("utf8"));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Problem(400, "INVALID_JSON", "The body must be a JSON object.");
}

/** The `Idempotency-Key` of a request, if it has one. @throws Problem 400. */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && /^[\u0020-\u007e]{1,200}$/.test(key)) return key;
  throw new Problem(400, "INVALID_INPUT", "An Idempotency-Key has at most 200 characters of ASCII.");
}

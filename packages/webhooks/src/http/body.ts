import type { IncomingMessage } from "node:http";
import { readBody as read, type BodyLimits, type ReadBody } from "@appenv-internal/http/read-body";
import { ProblemError } from "./problem.ts";

/** The default limits of a delivery: 1 MiB within ten seconds. */
export const deliveryLimits: Required<BodyLimits> = { bytes: 2 ** 20, ms: 10_000 };

/** 10 MiB, the default limit of a task's inputs. */
const inputLimits: BodyLimits = { bytes: 10 * 2 ** 20, ms: 60_000 };

/** The body of a request as it was sent. @throws ProblemError 413, 408, or 400 if the sender gives up. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const outcome = await read(request, limits);
  if (outcome.failure === undefined) return outcome.body;
  throw failed(outcome.failure, limits);
}

function failed(failure: NonNullable<ReadBody["failure"]>, { bytes, ms = 0 }: BodyLimits): ProblemError {
  const extras = { headers: { Connection: "close" } };
  switch (failure) {
    case "too-large":
      return new ProblemError(413, "BODY_TOO_LARGE", `A body may have at most ${bytes} bytes here.`, extras);
    case "too-slow":
      return new ProblemError(408, "BODY_TOO_SLOW", `The body did not arrive within ${ms / 1_000} s.`, extras);
    case "incomplete":
      return new ProblemError(400, "BODY_INCOMPLETE", "The body ended early.");
  }
}

/** The JSON object a request carries; an empty one without a body. @throws ProblemError 400, 408, 413, 415. */
export async function readJsonObject(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request, inputLimits);
  if (body.byteLength === 0) return {};
  const type = request.headers["content-type"] ?? "application/json";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type)) {
    throw new ProblemError(415, "NOT_JSON", "The body must be JSON: send `Content-Type: application/json`.");
  }
  const value = parseJson(body.toString("utf8"));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ProblemError(400, "INVALID_JSON", "The body must be a JSON object.");
}

/**
 * Reads JSON. A key `__proto__`, or `constructor` with a `prototype`, is refused: it is harmless here, but not in code
 * that copies it into another object.
 *
 * @throws ProblemError 400.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError(400, "INVALID_JSON", "The body is not JSON.");
  }
  if (/__proto__|constructor|\\u/.test(text)) refusePrototypes(value);
  return value;
}

/** Without recursion: JSON may be nested deeper than a stack is. */
function refusePrototypes(root: unknown): void {
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__") || isConstructor(value)) {
      throw new ProblemError(400, "INVALID_JSON", "The body has a key that would change the prototype of an object.");
    }
    for (const item of Object.values(value)) left.push(item);
  }
}

function isConstructor(value: object): boolean {
  if (!Object.hasOwn(value, "constructor")) return false;
  const { constructor } = value as { constructor: unknown };
  return typeof constructor === "object" && constructor !== null && Object.hasOwn(constructor, "prototype");
}

/** The `Idempotency-Key` of a request, if it has one. @throws ProblemError 400. */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && /^[\u0020-\u007e]{1,200}$/.test(key)) return key;
  throw new ProblemError(400, "INVALID_INPUT", "An Idempotency-Key has at most 200 characters of ASCII.");
}

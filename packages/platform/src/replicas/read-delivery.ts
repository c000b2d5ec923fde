import type { NotedDelivery } from "@appenv/core/internal";

const texts = ["id", "replayOf", "source", "path", "delivery", "type", "reason", "run"] as const;
const numbers = ["at", "ms", "bytes", "status"] as const;
/** Longest text, most headers, and the largest body that are taken; a process cannot send more by the usual way. */
const [longest, mostHeaders, largestBody] = [2_100, 64, 256 * 1024];

/** Tells whether a process has sent a delivery as the runtime does. Code of a user shares the channel with it. */
export function isDelivery(value: unknown): value is NotedDelivery {
  if (typeof value !== "object" || value === null) return false;
  const delivery = value as Record<string, unknown>;
  const { verified, headers, body } = delivery;
  return (
    texts.every((name) => isText(delivery[name])) &&
    numbers.every((name) => Number.isSafeInteger(delivery[name]) && Number(delivery[name]) >= 0) &&
    typeof verified === "boolean" &&
    Array.isArray(headers) &&
    headers.length <= mostHeaders &&
    headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText)) &&
    (body === undefined || (body instanceof Uint8Array && body.byteLength <= largestBody))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= longest;
}

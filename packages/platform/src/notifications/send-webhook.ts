import type { SendResult } from "@appenv/engine";
import type { WebhookRequest } from "./webhook-request.ts";

/** Maximum bytes of an answer that are read, and characters that are shown of it. */
const mostBytes = 2_048;
const mostShown = 200;

/** Sends a webhook, once. Its reason may hold what the receiver says. */
export async function sendWebhook({ url, ...request }: WebhookRequest, signal: AbortSignal): Promise<SendResult> {
  try {
    const response = await fetch(url, { ...request, body: request.body ?? null, redirect: "manual", signal });
    const text = await readSome(response);
    return response.ok ? { delivered: true } : refused(response, text);
  } catch (error) {
    return { delivered: false, reason: `No answer: ${causeOf(error)}.` };
  }
}

function refused({ status, headers }: Response, text: string): SendResult {
  if (status >= 300 && status < 400) {
    return { delivered: false, reason: `It answered ${status}, and a redirect is not followed: state the URL itself.` };
  }
  const shown = text.trim().slice(0, mostShown);
  return {
    delivered: false,
    reason: `It answered ${status}${shown === "" ? "" : `: ${shown}`}.`,
    // Gone: nobody wants it any more.
    final: status === 410,
    retryAfterMs: retryAfter(headers.get("retry-after")),
  };
}

/** The header `Retry-After` in milliseconds: seconds, or a date. */
function retryAfter(value: string | null): number {
  if (value === null || value.trim() === "") return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : 0;
}

/** The beginning of an answer: its sender decides how long it is. */
async function readSome({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
}

/** Its code alone: a message may name the whole URL. */
function causeOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : (name ?? "Error");
}

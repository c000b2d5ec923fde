import { Buffer } from "node:buffer";
import { create } from "@bufbuild/protobuf";
import { SendRequestRequestSchema } from "@appenv/protocol";
import { sendLimits, sendRequest } from "./send-request.ts";
import type { RequestTarget } from "./target.ts";

const limits = { ...sendLimits, responseBytes: 3 * 1024 * 1024, ms: 60_000 };

/** A document of an app, as JSON; empty if it has none. @throws AppEnvError UNREACHABLE. */
export async function readDocument(target: RequestTarget, path: string, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  const request = create(SendRequestRequestSchema, { method: "GET", path });
  for await (const { event } of sendRequest(target, request, signal, limits)) {
    if (event?.case === "head" && event.value.status !== 200) return "";
    if (event?.case === "chunk") chunks.push(event.value);
    if (event?.case === "end" && event.value.cut !== "") return "";
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return isObject(text) ? text : "";
}

/** The app's own route may be at that path. */
function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

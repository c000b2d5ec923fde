import type { FromReplica } from "@appenv/runtime";
import type { Mask } from "./mask.ts";

/** The parts of messages that people read: lines, reasons, progress and reports. */
const shown = new Set(["message", "fix", "stack", "text", "html", "report", "prompt", "description"]);
const types = new Set<FromReplica["type"]>(["failed", "lines", "progress", "report", "requests", "results"]);
/** As deep as the messages are; what user code sends may be a circle. */
const deepest = 8;

/** A message with the values of secrets hidden in what people read of it. Inputs and outputs are left as they are. */
export function maskMessage<Message extends FromReplica>(message: Message, mask: Mask): Message {
  return types.has(message.type) ? (masked(message, mask, deepest) as Message) : message;
}

function masked(value: unknown, mask: Mask, depth: number): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === "string" && shown.has(key) ? mask(item) : masked(item, mask, depth - 1),
    ]),
  );
}

import type { LogEntry } from "@appenv/client";
import type { Output } from "./output.ts";

/** Writes lines until they end, or quietly until `signal` is aborted. */
export async function printLogs(entries: AsyncIterable<LogEntry>, output: Output, signal: AbortSignal): Promise<void> {
  try {
    for await (const entry of entries) {
      output.result(entry, `${time(entry.timestamp)}${entry.replica}  ${entry.message}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function time(timestamp: Date | undefined): string {
  return timestamp === undefined ? "" : `${timestamp.toISOString()}  `;
}

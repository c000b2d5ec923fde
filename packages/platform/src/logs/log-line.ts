import type { LogSink } from "./log-sink.ts";

/** The source of a line: the replica's output, or the platform speaking of it. */
export type LogStream = Parameters<LogSink["write"]>[2];

/** One line of a replica. */
export interface LogLine {
  readonly timestamp: Date;
  readonly stream: LogStream;
  /** Without its line break. */
  readonly message: string;
}

/** Lines of one replica, in order. */
export interface LogBatch {
  readonly replica: string;
  readonly lines: readonly LogLine[];
}

/** The longest message that is kept, in bytes of UTF-8. The rest is cut off. */
export const maxLineBytes: number = 64 * 1024;

/** The first `maxLineBytes` bytes of a message; a character is never cut in two. */
export function cutLine(message: string): string {
  // A UTF-16 unit takes at most three bytes.
  if (message.length * 3 <= maxLineBytes) return message;
  const bytes = Buffer.from(message);
  if (bytes.length <= maxLineBytes) return message;
  return new TextDecoder().decode(bytes.subarray(0, maxLineBytes), { stream: true });
}

/** A line as it stands in a file: one JSON object, with its line break. */
export function encodeLine({ timestamp, stream, message }: LogLine): string {
  return `${JSON.stringify({ t: timestamp.getTime(), s: stream, m: message })}\n`;
}

/** A line from a file; undefined for one that a crash left unfinished. */
export function decodeLine(json: string): LogLine | undefined {
  try {
    const { t, s, m } = JSON.parse(json) as { t?: unknown; s?: unknown; m?: unknown };
    if (typeof t !== "number" || typeof m !== "string") return undefined;
    return { timestamp: new Date(t), stream: s === "stderr" || s === "platform" ? s : "stdout", message: m };
  } catch {
    return undefined;
  }
}

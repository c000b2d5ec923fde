import { untilStopped } from "../platform/until-stopped.ts";
import type { Output } from "./output.ts";

/** A signal that is aborted by Ctrl-C; without `follow` reading ends by itself, and Ctrl-C ends the process. */
export function stopSignal(follow: boolean): AbortSignal {
  const stop = new AbortController();
  if (follow) void untilStopped().then(() => stop.abort());
  return stop.signal;
}

/** Writes lines of a log until they end, or quietly until `signal` is aborted. */
export async function printLines<Line>(
  lines: AsyncIterable<Line>,
  text: (line: Line) => string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of lines) output.result(line, text(line));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A line of an app's log. */
export function appLine(line: {
  readonly timestamp: Date | undefined;
  readonly replica: string;
  readonly message: string;
}): string {
  const time = line.timestamp === undefined ? "" : `${line.timestamp.toISOString()}  `;
  return `${time}${line.replica}  ${line.message}`;
}

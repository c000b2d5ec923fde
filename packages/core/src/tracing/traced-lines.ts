import { hasActiveSpan } from "./open-span.ts";
import { traceIds } from "./trace-ids.ts";

/** Lines of a log in which those that are JSON objects have `trace_id` and `span_id` of the active span. All others stay as they are. */
export function tracedLines(text: string): string {
  if (!/^\{/m.test(text) || !hasActiveSpan()) return text;
  return text.split("\n").map(tracedLine).join("\n");
}

/** The same for what is written to a stream: a part of a line stays as it is. */
export function tracedOutput(chunk: string): string {
  return chunk.endsWith("\n") ? tracedLines(chunk) : chunk;
}

function tracedLine(line: string): string {
  const end = line.lastIndexOf("}");
  if (!line.startsWith("{") || line.slice(end + 1).trim() !== "") return line;
  const keys = keysOf(line);
  if (keys === undefined || keys.includes("trace_id")) return line;
  const ids = JSON.stringify(traceIds()).slice(1, -1);
  if (ids === "") return line;
  return `${line.slice(0, end)}${keys.length === 0 ? "" : ","}${ids}${line.slice(end)}`;
}

/** The keys of a JSON object; undefined: it is none. */
function keysOf(line: string): readonly string[] | undefined {
  try {
    return Object.keys(JSON.parse(line) as object);
  } catch {
    return undefined;
  }
}

import type { LogBatch, LogLine } from "./log-line.ts";

/** The last `limit` lines of all replicas together in the order of time, as batches of one replica each. */
export function mergeByTime(batches: readonly LogBatch[], limit: number): LogBatch[] {
  const all = batches.flatMap(({ replica, lines }) => lines.map((line) => ({ replica, line })));
  // The sort is stable: a replica's own order stays where the clock did not move.
  const last = all.toSorted((one, other) => one.line.timestamp.getTime() - other.line.timestamp.getTime());
  return group(limit === 0 ? [] : last.slice(-limit));
}

function group(lines: readonly { replica: string; line: LogLine }[]): LogBatch[] {
  const groups: { replica: string; lines: LogLine[] }[] = [];
  for (const { replica, line } of lines) {
    const latest = groups.at(-1);
    if (latest?.replica === replica) latest.lines.push(line);
    else groups.push({ replica, lines: [line] });
  }
  return groups;
}

import { AppEnvError } from "@appenv/core";

/** Limits of the streams of runs. Sizes are bytes of JSON. */
export const streamLimits: {
  readonly valueBytes: number;
  readonly entriesPerStream: number;
  readonly bytesPerStream: number;
  readonly streamsPerRun: number;
  readonly entriesPerRun: number;
  readonly bytesPerRun: number;
} = {
  valueBytes: 256 * 1024,
  entriesPerStream: 100_000,
  bytesPerStream: 64 * 2 ** 20,
  streamsPerRun: 100,
  entriesPerRun: 1_000_000,
  bytesPerRun: 256 * 2 ** 20,
};

/** The size of something. */
export interface Totals {
  readonly entries: number;
  readonly bytes: number;
}

/** Refuses what is too much. @throws AppEnvError STREAM_LIMIT. */
export function checkLimits(name: string, stream: Totals, run: Totals, more: Totals): void {
  const { entriesPerStream, bytesPerStream, entriesPerRun, bytesPerRun } = streamLimits;
  if (stream.entries + more.entries > entriesPerStream) throw tooMuch(name, `more than ${entriesPerStream} entries`);
  if (stream.bytes + more.bytes > bytesPerStream) throw tooMuch(name, `more than ${bytesPerStream / 2 ** 20} MiB`);
  const all = "more in all streams of its run than";
  if (run.entries + more.entries > entriesPerRun) throw tooMuch(name, `${all} ${entriesPerRun} entries`);
  if (run.bytes + more.bytes > bytesPerRun) throw tooMuch(name, `${all} ${bytesPerRun / 2 ** 20} MiB`);
}

/** @throws AppEnvError STREAM_LIMIT. */
export function checkValue(name: string, bytes: number): void {
  const { valueBytes } = streamLimits;
  if (bytes <= valueBytes) return;
  const message = `A value for the stream '${name}' has ${bytes} bytes as JSON, but may have ${valueBytes / 1024} KiB.`;
  throw new AppEnvError("STREAM_LIMIT", message);
}

function tooMuch(name: string, what: string): AppEnvError {
  return new AppEnvError("STREAM_LIMIT", `The stream '${name}' would have ${what}.`);
}

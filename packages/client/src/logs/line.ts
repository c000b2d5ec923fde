import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** A line of a log, with the facts that distinguish it from others. */
export interface TimedLine<Entry> {
  readonly entry: Entry;
  /** Nanoseconds since 1970; 0n if the control plane does not say. */
  readonly time: bigint;
  /** The name of its writer. */
  readonly source: string;
  readonly text: string;
}

/** A source of lines. */
export interface LineSource<Entry> {
  /** The lines that are there, then new ones; `caught-up` between the two, if the control plane tells. */
  open(signal: AbortSignal): AsyncIterable<readonly TimedLine<Entry>[] | "caught-up">;
  /** Called after a stream has failed, with the number of failures in a row. Throws to stop reading. */
  checkFailure(error: unknown, failures: number): Promise<void>;
  /** Called after a stream has ended. Resolves with true if no more lines will be written. */
  isOver(): Promise<boolean>;
}

/** The time of a line: in nanoseconds since 1970, and as a date, which is less exact. */
export function lineTime(timestamp: Timestamp | undefined): { readonly time: bigint; readonly date: Date | undefined } {
  if (timestamp === undefined) return { time: 0n, date: undefined };
  const time = timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
  return { time, date: new Date(Number(time / 1_000_000n)) };
}

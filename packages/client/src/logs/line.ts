import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** A line of a log, with what tells it from others. */
export interface TimedLine<Entry> {
  readonly entry: Entry;
  /** Nanoseconds since 1970; 0n if the control plane does not say. */
  readonly time: bigint;
  /** What wrote it. */
  readonly source: string;
  readonly text: string;
}

/** Where lines come from. */
export interface LineSource<Entry> {
  /** The lines that are there, then new ones; `caught-up` between the two, if the control plane tells. */
  open(signal: AbortSignal): AsyncIterable<readonly TimedLine<Entry>[] | "caught-up">;
  /** Called after a stream has failed, with how many have in a row. It throws if the reading is to end. */
  checkFailure(error: unknown, failures: number): Promise<void>;
  /** Called after a stream has ended: whether no more will be written. */
  isOver(): Promise<boolean>;
}

/** When a line was written: in nanoseconds since 1970, and as a date, which is less exact. */
export function lineTime(timestamp: Timestamp | undefined): { readonly time: bigint; readonly date: Date | undefined } {
  if (timestamp === undefined) return { time: 0n, date: undefined };
  const time = timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
  return { time, date: new Date(Number(time / 1_000_000n)) };
}

import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** When a line was written: in nanoseconds since 1970, and as a date, which is less exact. */
export function lineTime(timestamp: Timestamp | undefined): { readonly time: bigint; readonly date: Date | undefined } {
  if (timestamp === undefined) return { time: 0n, date: undefined };
  const time = timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
  return { time, date: new Date(Number(time / 1_000_000n)) };
}

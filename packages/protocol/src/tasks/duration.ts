import { durationFromMs, durationMs, type Duration } from "@bufbuild/protobuf/wkt";

/** Milliseconds as Flyte's message. */
export function toDuration(ms: number): Duration {
  return durationFromMs(ms);
}

/** Milliseconds; undefined if the message is not there. */
export function fromDuration(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}

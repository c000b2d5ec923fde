import { latencyBucketEndMs } from "@appenv/runtime/ipc";

/**
 * The time in milliseconds that a part of the answers, for example 0.95 of them, took at most; undefined without an answer.
 * Inside a bucket the answers count as spread evenly by the logarithm of their time, so that the result is off by the width
 * of a bucket at most: 19 percent.
 *
 * @param latency - Answers by the bucket of their time.
 */
export function latencyQuantileMs(latency: readonly number[], part: number): number | undefined {
  let left = part * latency.reduce((sum, count) => sum + count, 0);
  if (left === 0) return undefined;
  const bucket = latency.findIndex((count) => {
    left -= count;
    return left <= 0;
  });
  const count = latency[bucket] ?? 0;
  return within(bucket, (left + count) / count);
}

/** The time at a place in a bucket, from 0 at its begin to 1 at its end. */
function within(bucket: number, place: number): number {
  if (bucket === 0) return latencyBucketEndMs(0) * place;
  return latencyBucketEndMs(bucket - 1 + place);
}

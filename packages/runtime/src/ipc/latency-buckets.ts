// The buckets that times of answers are counted in, the same in every replica and on disk. Each ends where the next one
// begins, 19 percent above the end of the one before: 0.125 ms, 0.149 ms, 0.177 ms and so on, up to 262 s.

/** Number of buckets; the last one has no end. */
export const latencyBuckets = 86;

const firstEndMs = 0.125;
/** Buckets in which the time doubles. */
const perDoubling = 4;

/** The bucket of a time in milliseconds. */
export function latencyBucketOf(ms: number): number {
  if (!(ms > firstEndMs)) return 0;
  return Math.min(Math.ceil(Math.log2(ms / firstEndMs) * perDoubling), latencyBuckets - 1);
}

/** The end of a bucket in milliseconds; of the last one too, as if it were as wide as the others. */
export function latencyBucketEndMs(bucket: number): number {
  return firstEndMs * 2 ** (bucket / perDoubling);
}

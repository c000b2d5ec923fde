// Both ends of the channel between the platform and the processes it starts; loads nothing of a replica.
export { Calls, type Answer, type Answerer, type Ask, type CallKinds, type SendCall } from "./calls.ts";
export { latencyBucketEndMs, latencyBucketOf, latencyBuckets } from "./latency-buckets.ts";
export type { CallToken, FromReplica, PlatformAsks, ReplicaAsks, ReplicaLoad, ToReplica } from "./replica-messages.ts";

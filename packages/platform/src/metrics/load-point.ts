import type { ReplicaLoad } from "@appenv/runtime/ipc";

/** The load of a replica, or of all replicas of an app, during a second or a longer step. */
export interface LoadPoint {
  /** The begin of the step, in seconds since 1970. */
  readonly at: number;
  /** Requests and upgrades that arrived. */
  readonly requests: number;
  /** Requests and upgraded sockets open, times milliseconds. */
  readonly busyMs: number;
  /** Processor time used, in milliseconds. */
  readonly cpuMs: number;
  /** Responses, as in `ReplicaLoad`. */
  readonly responses: readonly number[];
  /** Responses by the time that they took, as in `ReplicaLoad`. */
  readonly latency: readonly number[];
  /** The time that the responses took altogether, in milliseconds. */
  readonly answeredMs: number;
  /** Upgraded sockets open; of a step the highest number, as for the three below. */
  readonly sockets: number;
  /** TCP connections open. */
  readonly connections: number;
  /** Replicas that can answer. */
  readonly replicas: number;
  /** Resident memory in KiB. */
  readonly memoryKib: number;
}

/** A point without any load. */
export function emptyPoint(at: number): LoadPoint {
  const counts = { requests: 0, busyMs: 0, cpuMs: 0, responses: [], latency: [], answeredMs: 0 };
  return { at, ...counts, sockets: 0, connections: 0, replicas: 0, memoryKib: 0 };
}

/** The load of one replica since another report of it. */
export function pointSince(at: number, load: ReplicaLoad, before: ReplicaLoad | undefined): LoadPoint {
  return {
    at,
    requests: grown(load.requests, before?.requests),
    busyMs: grown(load.busyMs, before?.busyMs),
    cpuMs: grown(load.cpuMs, before?.cpuMs),
    responses: load.responses.map((count, index) => grown(count, before?.responses[index])),
    latency: load.latency.map((count, index) => grown(count, before?.latency[index])),
    answeredMs: grown(load.answeredMs, before?.answeredMs),
    sockets: grown(load.sockets),
    connections: grown(load.connections),
    replicas: 1,
    memoryKib: grown(load.rss / 1_024),
  };
}

/**
 * The load of several seconds, spread over them: counts evenly, as whole numbers that add up to the same; the numbers of a moment
 * as they are in each. The last of them is the point's own second.
 */
export function spread(point: LoadPoint, seconds: number): readonly LoadPoint[] {
  return Array.from({ length: seconds }, (_, index) => {
    const part = (count: number): number =>
      Math.floor((count * (index + 1)) / seconds) - Math.floor((count * index) / seconds);
    return {
      ...point,
      at: point.at - seconds + 1 + index,
      requests: part(point.requests),
      busyMs: part(point.busyMs),
      cpuMs: part(point.cpuMs),
      responses: point.responses.map(part),
      latency: point.latency.map(part),
      answeredMs: part(point.answeredMs),
    };
  });
}

/** Two replicas at the same time, as one. */
export function addReplica(sum: LoadPoint, other: LoadPoint): LoadPoint {
  return join(sum, other, (a, b) => a + b);
}

/** A step, longer by the one that follows it. */
export function addStep(sum: LoadPoint, next: LoadPoint): LoadPoint {
  return join(sum, next, Math.max);
}

/** Adds counts up; the numbers of a moment are joined by `gauge`. */
function join(one: LoadPoint, other: LoadPoint, gauge: (a: number, b: number) => number): LoadPoint {
  return {
    at: one.at,
    requests: one.requests + other.requests,
    busyMs: one.busyMs + other.busyMs,
    cpuMs: one.cpuMs + other.cpuMs,
    responses: addCounts(one.responses, other.responses),
    latency: addCounts(one.latency, other.latency),
    answeredMs: one.answeredMs + other.answeredMs,
    sockets: gauge(one.sockets, other.sockets),
    connections: gauge(one.connections, other.connections),
    replicas: gauge(one.replicas, other.replicas),
    memoryKib: gauge(one.memoryKib, other.memoryKib),
  };
}

function addCounts(one: readonly number[], other: readonly number[]): readonly number[] {
  if (other.length === 0) return one;
  if (one.length === 0) return other;
  return one.map((count, index) => count + (other[index] ?? 0));
}

/** A whole number, not below 0: code of an app can send reports of its own, with any numbers. */
function grown(now: number, before: number = 0): number {
  return Math.max(0, Math.round(now - before)) || 0;
}

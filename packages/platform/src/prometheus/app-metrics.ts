import type { AppId } from "@appenv/protocol";
import { latencyBucketEndMs } from "@appenv/runtime/ipc";
import type { AppSnapshot } from "../apps/contract.ts";
import type { AppTotal } from "../metrics/recorder.ts";
import type { LoadPoint } from "../metrics/load-point.ts";
import type { Metric } from "./text.ts";

/** Number of the replicas' buckets that become one here, in which a time doubles. */
const joined = 4;
/** The first of the buckets that are told: all that is faster counts into it. */
const firstBucket = 16;
/** The last one with an end: 131 s. */
const lastBucket = 80;

const ends = Array.from(
  { length: (lastBucket - firstBucket) / joined + 1 },
  (_, index) => latencyBucketEndMs(firstBucket + index * joined) / 1_000,
);

/** The metrics of apps: those that have had replicas since the platform began, and how many replicas every app has. */
export function appMetrics(apps: readonly AppSnapshot[], totals: readonly AppTotal[]): readonly Metric[] {
  const counter = (name: string, help: string, read: (sum: LoadPoint) => number): Metric => ({
    name: `appenv_app_${name}`,
    help,
    type: "counter",
    samples: totals.map(({ app, sum }) => ({ labels: labelsOf(app), value: read(sum) })),
  });
  const gauge = (name: string, help: string, read: (last: LoadPoint) => number): Metric => ({
    name: `appenv_app_${name}`,
    help,
    type: "gauge",
    samples: totals.map(({ app, last }) => ({ labels: labelsOf(app), value: read(last) })),
  });
  return [
    counter("requests_total", "Requests and upgrades that arrived.", ({ requests }) => requests),
    responses(totals),
    durations(totals),
    counter("cpu_seconds_total", "Processor time of its replicas.", ({ cpuMs }) => cpuMs / 1_000),
    gauge("in_flight", "Requests and sockets open, on average over the last second.", ({ busyMs }) => busyMs / 1_000),
    gauge("sockets", "Upgraded sockets open.", ({ sockets }) => sockets),
    gauge("connections", "TCP connections open.", ({ connections }) => connections),
    gauge("memory_bytes", "Resident memory of its replicas.", ({ memoryKib }) => memoryKib * 1_024),
    {
      name: "appenv_app_replicas",
      help: "Replicas that can answer.",
      type: "gauge",
      samples: apps.map(({ id, readyReplicas }) => ({ labels: labelsOf(id), value: readyReplicas })),
    },
    {
      name: "appenv_app_up",
      help: "1 if it answers, also from zero replicas; 0 if it is stopped or failed.",
      type: "gauge",
      samples: apps.map(({ id, phase }) => ({ labels: labelsOf(id), value: phase === "ACTIVE" ? 1 : 0 })),
    },
  ];
}

function labelsOf({ project, domain, name }: AppId): Readonly<Record<string, string>> {
  return { project, domain, app: name };
}

/** Of a request whose client left before it was answered, the class is `none`. */
const classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

function responses(totals: readonly AppTotal[]): Metric {
  return {
    name: "appenv_app_responses_total",
    help: "Responses by the class of their status; none: the client left before.",
    type: "counter",
    samples: totals.flatMap(({ app, sum }) =>
      classes.map((status, index) => ({ labels: { ...labelsOf(app), status }, value: sum.responses[index] ?? 0 })),
    ),
  };
}

function durations(totals: readonly AppTotal[]): Metric {
  return {
    name: "appenv_app_request_duration_seconds",
    help: "Time from the arrival of a request to the end of its response.",
    type: "histogram",
    ends,
    samples: totals.map(({ app, sum }) => ({
      labels: labelsOf(app),
      counts: joinedCounts(sum.latency),
      sum: sum.answeredMs / 1_000,
    })),
  };
}

/** Counts by the buckets of `ends`, and above. */
function joinedCounts(latency: readonly number[]): readonly number[] {
  const counts = Array.from({ length: ends.length + 1 }, () => 0);
  for (const [bucket, count] of latency.entries()) {
    const index = Math.min(Math.max(Math.ceil((bucket - firstBucket) / joined), 0), ends.length);
    counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

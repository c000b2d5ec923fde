import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { MetricsPointSchema, MetricsSeriesSchema } from "@appenv/protocol";
import { latencyQuantileMs } from "../../metrics/latency-quantile.ts";
import type { LoadPoint } from "../../metrics/load-point.ts";
import type { SeriesPoints } from "../../metrics/read-series.ts";

type PointInit = MessageInitShape<typeof MetricsPointSchema>;
type SeriesInit = MessageInitShape<typeof MetricsSeriesSchema>;

/** A point as a message. @param step - In seconds. */
export function pointMessage(point: LoadPoint, step: number): PointInit {
  const { at, requests, responses, busyMs, sockets, connections, replicas, cpuMs, memoryKib } = point;
  return {
    at: timestampFromMs(at * 1_000),
    requests: requests / step,
    responses: ratesOf(responses, step),
    ...quantilesOf(point),
    inFlight: busyMs / (step * 1_000),
    sockets,
    connections,
    replicas,
    cpu: cpuMs / (step * 1_000),
    memoryBytes: memoryKib * 1_024,
  };
}

/** The series of an answer. @param step - In seconds. */
export function seriesMessages(
  series: SeriesPoints,
  step: number,
): { readonly app: SeriesInit; readonly replicas: SeriesInit[] } {
  const replicas = [...series].filter(([replica]) => replica !== "");
  return {
    app: seriesMessage("", series.get("") ?? [], step),
    replicas: replicas.map(([replica, points]) => seriesMessage(replica, points, step)),
  };
}

function seriesMessage(replica: string, points: readonly LoadPoint[], step: number): SeriesInit {
  return { replica, points: points.map((point) => pointMessage(point, step)) };
}

function ratesOf(responses: readonly number[], step: number): PointInit["responses"] {
  const [unanswered = 0, informational = 0, successful = 0, redirects = 0, clientErrors = 0, serverErrors = 0] =
    responses;
  return {
    successful: (informational + successful) / step,
    redirects: redirects / step,
    clientErrors: clientErrors / step,
    serverErrors: serverErrors / step,
    unanswered: unanswered / step,
  };
}

function quantilesOf({ latency }: LoadPoint): Pick<PointInit, "p50Ms" | "p95Ms" | "p99Ms"> {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((part) => latencyQuantileMs(latency, part));
  return p50Ms === undefined || p95Ms === undefined || p99Ms === undefined ? {} : { p50Ms, p95Ms, p99Ms };
}

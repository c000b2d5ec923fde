import { durationFromMs, durationMs as messageMs, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { createClient, type Client } from "@connectrpc/connect";
import type { Duration } from "@appenv/core";
import { durationMs, type OptionNames } from "@appenv/core/internal";
import { MetricsService, type AppId, type MetricsPointMessage, type MetricsSeriesMessage } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";

/** Options of `App.metrics`. */
export interface MetricsOptions {
  /** The begin of the span. Default: an hour before its end. The last hour is kept by the second, a week by the minute. */
  readonly from?: Date;
  /** The end of the span. Default: now. */
  readonly to?: Date;
  /** The time that each point stands for, in whole seconds. Default: so long that there are about 360 points. */
  readonly step?: Duration;
  /** Reads the replicas too. Default false. */
  readonly byReplica?: boolean;
}

/** The load of an app in a span of time. See `App.metrics`. */
export interface AppMetrics {
  /** The time that each point stands for, in seconds. */
  readonly step: number;
  /** All replicas together. Steps in which there was no replica have no point. */
  readonly points: readonly MetricsPoint[];
  /** The points of each replica, if they were asked for. */
  readonly replicas: readonly { readonly name: string; readonly points: readonly MetricsPoint[] }[];
}

/** The load during one step. */
export interface MetricsPoint {
  /** The begin of the step. */
  readonly at: Date;
  /** Requests and upgrades that arrived, per second. Health probes and requests without a valid credential do not count. */
  readonly requests: number;
  /** Responses to them per second, by the class of their status; `unanswered`: the client left before a response began. */
  readonly responses: {
    readonly successful: number;
    readonly redirects: number;
    readonly clientErrors: number;
    readonly serverErrors: number;
    readonly unanswered: number;
  };
  /**
   * Time from the arrival of requests to the end of their responses, in milliseconds: 95 of 100 took `p95Ms` at most. 19
   * percent off at most. Undefined without a response.
   */
  readonly latency: { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number } | undefined;
  /** Requests and WebSockets open, on average. */
  readonly inFlight: number;
  /** WebSockets open; of a step the highest number, as for the three below. */
  readonly sockets: number;
  /** TCP connections open. */
  readonly connections: number;
  readonly replicas: number;
  /** Resident memory in bytes. */
  readonly memoryBytes: number;
  /** Processor time used per second, in seconds: 1 is one core. */
  readonly cpu: number;
}

/** The names of the options of `App.metrics`. */
export const metricsOptionNames: OptionNames<MetricsOptions> = { from: true, to: true, step: true, byReplica: true };

/** @throws AppEnvError NOT_FOUND, INVALID_OPTION, INVALID_DURATION, UNSUPPORTED on other control planes. */
export async function readMetrics(
  controlPlane: ControlPlane,
  app: AppId,
  { from, to, step, byReplica = false }: MetricsOptions,
): Promise<AppMetrics> {
  const answer = await metricsOf(controlPlane).getMetrics({
    app,
    byReplica,
    ...(from === undefined ? {} : { from: timestampFromDate(from) }),
    ...(to === undefined ? {} : { to: timestampFromDate(to) }),
    ...(step === undefined ? {} : { step: durationFromMs(durationMs(step, "step")) }),
  });
  return {
    step: answer.step === undefined ? 0 : messageMs(answer.step) / 1_000,
    points: readPoints(answer.app),
    replicas: answer.replicas.map((series) => ({ name: series.replica, points: readPoints(series) })),
  };
}

/** The last minute of each app that has replicas, by its name. @throws AppEnvError UNSUPPORTED on other control planes. */
export async function listMetrics(controlPlane: ControlPlane): Promise<ReadonlyMap<string, MetricsPoint>> {
  const { project, domain } = controlPlane;
  const { apps } = await metricsOf(controlPlane).listMetrics({ project, domain });
  return new Map(apps.flatMap(({ app, point }) => (point === undefined ? [] : [[app?.name ?? "", readPoint(point)]])));
}

function metricsOf(controlPlane: ControlPlane): Client<typeof MetricsService> {
  requirePlatform(controlPlane, "Metrics of apps", "Look at the metrics that the cluster itself collects.");
  return createClient(MetricsService, controlPlane.transport);
}

function readPoints(series: MetricsSeriesMessage | undefined): readonly MetricsPoint[] {
  return series?.points.map(readPoint) ?? [];
}

function readPoint({ at, responses, p50Ms, p95Ms, p99Ms, ...point }: MetricsPointMessage): MetricsPoint {
  const { requests, inFlight, sockets, connections, replicas, memoryBytes, cpu } = point;
  const { successful = 0, redirects = 0, clientErrors = 0, serverErrors = 0, unanswered = 0 } = responses ?? {};
  const hasLatency = p50Ms !== undefined && p95Ms !== undefined && p99Ms !== undefined;
  return {
    at: at === undefined ? new Date(0) : timestampDate(at),
    requests,
    responses: { successful, redirects, clientErrors, serverErrors, unanswered },
    latency: hasLatency ? { p50Ms, p95Ms, p99Ms } : undefined,
    inFlight,
    sockets,
    connections,
    replicas,
    memoryBytes,
    cpu,
  };
}

import { durationFromMs, durationMs, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { AppId, GetMetricsRequest, MetricsService } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import type { AppMetrics } from "../../metrics/app-metrics.ts";
import type { SeriesPoints } from "../../metrics/read-series.ts";
import type { WantedSpan } from "../../metrics/span.ts";
import { readAppName } from "../requests/app-name.ts";
import { pointMessage, seriesMessages } from "./messages.ts";
import { watchMetrics } from "./watch.ts";

/** Maximum points of an answer: clients of gRPC take 4 MiB at most. */
const mostPoints = 20_000;

/** Dependencies of the service. */
export interface MetricsContext {
  readonly controller: AppController;
  readonly metrics: AppMetrics;
}

/** AppEnv's own MetricsService. */
export function metricsService({ controller, metrics }: MetricsContext): ServiceImpl<typeof MetricsService> {
  const known = (app: AppId | undefined): AppId => existing(readAppName(app), controller);
  return {
    getMetrics: (request) => {
      const { span, series } = metrics.read(known(request.app), readWanted(request), request.byReplica);
      checkSize(series);
      return {
        step: durationFromMs(span.step * 1_000),
        from: timestampFromMs(span.from * 1_000),
        to: timestampFromMs(span.to * 1_000),
        ...seriesMessages(series, span.step),
      };
    },
    watchMetrics: ({ app, step, byReplica }, { signal }) =>
      watchMetrics(metrics, { app: known(app), step: readStep(step), byReplica }, signal),
    listMetrics: ({ project, domain }) => ({
      apps: metrics.lastMinutes({ project, domain }).map(({ app, point }) => ({ app, point: pointMessage(point, 60) })),
    }),
  };
}

function existing(app: AppId, controller: AppController): AppId {
  if (controller.get(app) !== undefined) return app;
  throw new AppEnvError("NOT_FOUND", `There is no app '${app.name}' in ${app.project}/${app.domain}.`);
}

function readWanted({ from, to, step }: GetMetricsRequest): WantedSpan {
  return { from: readTime(from), to: readTime(to), step: readStep(step) };
}

function readTime(time: GetMetricsRequest["from"]): number | undefined {
  return time === undefined ? undefined : Math.floor(timestampMs(time) / 1_000);
}

function readStep(step: GetMetricsRequest["step"]): number | undefined {
  return step === undefined ? undefined : durationMs(step) / 1_000;
}

function checkSize(series: SeriesPoints): void {
  const points = [...series.values()].reduce((sum, each) => sum + each.length, 0);
  if (points <= mostPoints) return;
  throw new AppEnvError(
    "INVALID_OPTION",
    `There are ${points} points of ${series.size - 1} replicas; an answer has at most ${mostPoints}.`,
    { fix: "Ask for a longer step, for a shorter span, or without `by_replica`." },
  );
}

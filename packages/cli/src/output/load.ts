import type { MetricsPoint } from "@appenv/client";
import { mebibytes } from "@appenv/core/internal";

/** The load of an app in the last minute as `--json` shows it: rates are per second, times in milliseconds. */
export interface LoadJson {
  readonly requests: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly responses: MetricsPoint["responses"];
  readonly inFlight: number;
  readonly cpu: number;
  readonly memoryBytes: number;
}

/** The load of the last minute as `--json` shows it. */
export function loadJson({ requests, latency, responses, inFlight, cpu, memoryBytes }: MetricsPoint): LoadJson {
  return { requests, ...latency, responses, inFlight, cpu, memoryBytes };
}

/** The load of the last minute in words: `12.5 requests/s, p95 8 ms, 0.1 errors/s (5xx), 61 MiB`. */
export function loadText({ requests, latency, responses, memoryBytes }: MetricsPoint): string {
  return [
    `${rate(requests)} requests/s`,
    ...(latency === undefined ? [] : [`p95 ${milliseconds(latency.p95Ms)}`]),
    ...(responses.clientErrors > 0 ? [`${rate(responses.clientErrors)}/s of 4xx`] : []),
    ...(responses.serverErrors > 0 ? [`${rate(responses.serverErrors)}/s of 5xx`] : []),
    mebibytes(memoryBytes),
  ].join(", ");
}

/** Three digits are enough for people. */
export function rate(perSecond: number): string {
  if (perSecond >= 100) return String(Math.round(perSecond));
  return String(Number(perSecond.toPrecision(2)));
}

function milliseconds(ms: number): string {
  return `${rate(ms)} ms`;
}

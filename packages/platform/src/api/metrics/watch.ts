import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { AppEnvError } from "@appenv/core";
import type { AppId, WatchMetricsResponseSchema } from "@appenv/protocol";
import type { SecondOfApp } from "../../metrics/app-load.ts";
import type { AppMetrics } from "../../metrics/app-metrics.ts";
import type { SeriesPoints } from "../../metrics/read-series.ts";
import { EventQueue } from "../../process/event-queue.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { seriesMessages } from "./messages.ts";

type WatchInit = MessageInitShape<typeof WatchMetricsResponseSchema>;

/** A watch as it was asked for. */
export interface WantedWatch {
  readonly app: AppId;
  /** The step of the last hour, in seconds. Default 10. */
  readonly step: number | undefined;
  readonly byReplica: boolean;
}

/** Maximum seconds that wait for a client; one that reads more slowly misses the oldest. */
const mostWaiting = 600;
const defaultStep = 10;

/** The last hour, then the seconds that follow it, until `signal` is aborted or the app is removed. */
export async function* watchMetrics(
  metrics: AppMetrics,
  { app, step = defaultStep, byReplica }: WantedWatch,
  signal: AbortSignal,
): AsyncGenerator<WatchInit> {
  const watch = new Watch(metrics, app);
  signal.addEventListener("abort", watch.end);
  if (signal.aborted) watch.end();
  try {
    const { span, series } = metrics.read(app, { step }, byReplica);
    yield response(series, span.step);
    // Seconds since the end of the last step; as a rule it is not now.
    const begun = Math.floor(Date.now() / 1_000);
    const since =
      begun > span.to ? metrics.read(app, { from: span.to, to: begun, step: 1 }, byReplica).series : undefined;
    if (since !== undefined) yield response(since, 1);
    // A second that has just ended may be recorded a moment later: it comes then.
    let last = since?.get("")?.at(-1)?.at ?? span.to - 1;
    for (;;) {
      const seconds = await watch.take();
      if (signal.aborted) return throwIfClosing(signal);
      for (const second of seconds) {
        if (second.app.at <= last) continue;
        last = second.app.at;
        yield response(seriesOf(second, byReplica), 1);
      }
    }
  } finally {
    watch.close();
    signal.removeEventListener("abort", watch.end);
  }
}

/** The seconds of an app that wait for a client. */
class Watch {
  readonly #queue: EventQueue<SecondOfApp> = new EventQueue();
  readonly #app: AppId;
  #isRemoved = false;
  /** Ends it without a second more. */
  readonly close: () => void;
  readonly end = (): void => this.#queue.end();

  constructor(metrics: AppMetrics, app: AppId) {
    this.#app = app;
    this.close = metrics.watch(app, (second) => this.#take(second));
  }

  /** All that wait, as soon as there is one. @throws AppEnvError NOT_FOUND when the app is deleted. */
  async take(): Promise<readonly SecondOfApp[]> {
    const seconds = await this.#queue.takeAll();
    if (this.#isRemoved) throw new AppEnvError("NOT_FOUND", `The app '${this.#app.name}' was deleted.`);
    return seconds ?? [];
  }

  #take(second: SecondOfApp | undefined): void {
    this.#isRemoved = second === undefined;
    if (second === undefined) this.#queue.end();
    else this.#queue.push(second);
    if (this.#queue.length > mostWaiting) this.#queue.shift();
  }
}

function response(series: SeriesPoints, step: number): WatchInit {
  return { step: durationFromMs(step * 1_000), ...seriesMessages(series, step) };
}

function seriesOf({ app, replicas }: SecondOfApp, byReplica: boolean): SeriesPoints {
  const ofReplicas = [...replicas].map(([name, point]) => [name, [point]] as const);
  return new Map([["", [app]], ...(byReplica ? ofReplicas : [])]);
}

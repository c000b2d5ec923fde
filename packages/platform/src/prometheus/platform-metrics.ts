import { monitorEventLoopDelay } from "node:perf_hooks";
import { platformVersion } from "../api/version.ts";
import type { Metric } from "./text.ts";

type Delay = ReturnType<typeof monitorEventLoopDelay>;

/** The metrics of the platform's own process, under the names that Prometheus has for those of a process. */
export class PlatformMetrics {
  /** Measured from the first read on: nobody else asks. */
  #delay: Delay | undefined;

  read(): readonly Metric[] {
    const { user, system } = process.cpuUsage();
    this.#delay ??= startDelay();
    const delay = this.#delay.count === 0 ? 0 : this.#delay.max / 1e9;
    this.#delay.reset();
    return [
      one("appenv_info", "gauge", "The version of the platform.", 1, { version: platformVersion() }),
      one("process_cpu_seconds_total", "counter", "Processor time of the platform.", (user + system) / 1e6),
      one("process_resident_memory_bytes", "gauge", "Resident memory of the platform.", process.memoryUsage.rss()),
      one("process_start_time_seconds", "gauge", "Start of the platform, since 1970.", startedAt),
      one("nodejs_eventloop_lag_max_seconds", "gauge", "Longest delay of the event loop since the last read.", delay),
    ];
  }

  /** Stops measuring. */
  close(): void {
    this.#delay?.disable();
  }
}

const startedAt = Math.round(performance.timeOrigin) / 1_000;

function startDelay(): Delay {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return delay;
}

function one(
  name: string,
  type: "counter" | "gauge",
  help: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return { name, type, help, samples: [{ labels, value }] };
}

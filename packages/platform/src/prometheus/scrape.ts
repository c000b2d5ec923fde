import type { AppController } from "../apps/contract.ts";
import type { AppMetrics } from "../metrics/app-metrics.ts";
import type { TaskRuntime } from "../tasks/task-runtime.ts";
import { appMetrics } from "./app-metrics.ts";
import { PlatformMetrics } from "./platform-metrics.ts";
import { metricsText, type Metric } from "./text.ts";

/** Sources of the page for Prometheus. */
export interface ScrapeSources {
  readonly controller: Pick<AppController, "list">;
  readonly metrics: Pick<AppMetrics, "totals">;
  /** Undefined while nobody has asked for tasks: they are not opened for this. */
  readonly tasks: () => Promise<TaskRuntime> | undefined;
}

/** The path of the page. */
export const scrapePath = "/metrics";

/** The page for Prometheus: all metrics of the platform, its apps and tasks. */
export class Scrape {
  readonly #sources: ScrapeSources;
  readonly #platform: PlatformMetrics = new PlatformMetrics();

  constructor(sources: ScrapeSources) {
    this.#sources = sources;
  }

  async text(): Promise<string> {
    const { controller, metrics, tasks } = this.#sources;
    const runtime = await tasks()?.catch(() => undefined);
    return metricsText([
      ...this.#platform.read(),
      ...appMetrics(controller.list(), metrics.totals()),
      ...(runtime === undefined ? [] : await ofTasks(runtime)),
    ]);
  }

  close(): void {
    this.#platform.close();
  }
}

/** Loads the engine's code no sooner than somebody else has. */
async function ofTasks({ engine }: TaskRuntime): Promise<readonly Metric[]> {
  const { taskMetrics } = await import("./task-metrics.ts");
  return taskMetrics(engine.totals());
}

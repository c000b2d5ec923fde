import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError, type AppEnvironment } from "@appenv/core";
import { checkHealth, describeFailures } from "../../http/health/health-checks.ts";
import { report } from "./report.ts";

const [firstPauseMs, longestPauseMs] = [50, 1_000];

/**
 * Runs the health checks until all pass, and says on stderr what it waits for.
 *
 * @throws AppEnvError START_TIMEOUT naming the failing checks, when the signal aborts.
 */
export async function untilHealthy({ name, health }: AppEnvironment, signal: AbortSignal): Promise<void> {
  let said = "";
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const result = await checkHealth(health);
    if (result.status === "healthy") return;
    const failing = describeFailures(result);
    if (failing !== said) report(`'${name}' is not healthy yet: ${failing}`);
    said = failing;
    if (signal.aborted) throw new AppEnvError("START_TIMEOUT", `'${name}' did not become healthy: ${failing}`);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

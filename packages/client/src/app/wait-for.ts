import { AppEnvError, type Duration } from "@appenv/core";
import { durationMs, type OptionNames } from "@appenv/core/internal";
import { type AppId, type AppMessage } from "@appenv/protocol";
import type { AppWatch } from "./app-watch.ts";
import type { Rollout } from "./rollout.ts";
import { type AppStatus, isActive, isStopped, readStatus } from "./status.ts";

/** Options of waiting for an app. */
export interface WaitOptions {
  readonly until: "active" | "stopped";
  /** A duration; default 60 seconds. */
  readonly timeout?: Duration;
  /** Called with each new status. */
  readonly onStatus?: (status: AppStatus) => void;
}

/** The names of the options of waiting for an app. */
export const waitOptionNames: OptionNames<WaitOptions> = { until: true, timeout: true, onStatus: true };

/** Time for which a status is doubted that may be of the old revision without any sign of it, in milliseconds. */
const doubtMs = 5_000;

/**
 * Waits until an app serves, or is stopped, and ends the watch.
 *
 * @param rollout - The change after which it is waited for: only its own revision counts.
 * @throws AppEnvError START_TIMEOUT, SUPERSEDED, or the reason the control plane gives when the app failed.
 */
export async function waitFor(
  watch: AppWatch,
  id: AppId,
  options: WaitOptions,
  rollout: Rollout | undefined,
): Promise<AppMessage> {
  const limitMs = durationMs(options.timeout ?? 60, "activateTimeout");
  const seen: { last?: string } = {};
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    watch.stop();
  }, limitMs);
  try {
    return await watchUntil(watch, options, rollout, seen);
  } catch (error) {
    if (!isLate) throw error;
    const state = seen.last ?? "nothing was heard of it";
    throw new AppEnvError("START_TIMEOUT", `'${id.name}' is not ${options.until} after ${limitMs / 1000} s; ${state}.`);
  } finally {
    clearTimeout(timer);
    watch.stop();
  }
}

async function watchUntil(
  watch: AppWatch,
  options: WaitOptions,
  rollout: Rollout | undefined,
  seen: { last?: string },
): Promise<AppMessage> {
  for (;;) {
    const app = await watch.next();
    const status = readStatus(app);
    const isReached = options.until === "active" ? isActive(status) : isStopped(status);
    const isOver = isReached || status.failure !== undefined;
    const whose = rollout?.judge(app) ?? "new";
    if (rollout !== undefined && whose === "other") {
      if (await watch.staysQuiet(doubtMs)) throw rollout.superseded();
      continue;
    }
    if (isOver && !(rollout?.isAmbiguous === true ? await watch.staysQuiet(doubtMs) : whose === "new")) {
      seen.last = `it is ${status.phase} for all that the control plane says, which is about the revision before`;
      continue;
    }
    seen.last = `it is ${status.phase}: ${status.message || "no reason given"}`;
    options.onStatus?.(status);
    if (status.failure !== undefined) throw status.failure;
    if (isReached) return app;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { durationMs, type OptionNames } from "@appenv/core/internal";
import type { AppId, AppMessage } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/connect.ts";
import { messageError } from "../transport/errors.ts";
import { isActive, isStopped, readStatus, type AppStatus } from "./status.ts";
import { watchApp, type AppChange } from "./watch.ts";

/** What is waited for. */
export interface WaitOptions {
  readonly until: "active" | "stopped";
  /** A duration; default 60 seconds. */
  readonly timeout?: number | string;
  /** The status right after a change may be that of the revision before, as on Flyte's open-source backend. */
  readonly mayBeStale?: boolean;
  /** How long a first, possibly stale status is doubted, in milliseconds. Default 5000. */
  readonly staleMs?: number;
  /** Told each new status. */
  readonly onStatus?: (status: AppStatus) => void;
}

/** The names of the options of waiting for an app. */
export const waitOptionNames: OptionNames<WaitOptions> = {
  until: true,
  timeout: true,
  mayBeStale: true,
  staleMs: true,
  onStatus: true,
};

/**
 * Waits until an app serves, or is stopped.
 *
 * @throws AppEnvError START_TIMEOUT, or the reason the control plane gives when the app failed.
 */
export async function waitFor(controlPlane: ControlPlane, id: AppId, options: WaitOptions): Promise<AppMessage> {
  const limitMs = durationMs(options.timeout ?? 60, "activateTimeout");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limitMs);
  const seen: { last?: AppStatus } = {};
  try {
    return await watchUntil(watchApp(controlPlane, id, stop.signal), id, options, seen);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw timedOut(id, options.until, limitMs, seen.last);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

async function watchUntil(
  changes: AsyncIterator<AppChange>,
  id: AppId,
  options: WaitOptions,
  seen: { last?: AppStatus },
): Promise<AppMessage> {
  let doubted = options.mayBeStale ?? false;
  for (let next = changes.next(); ;) {
    const app = readChange(await next, id);
    next = changes.next();
    next.catch(() => {});
    const status = readStatus(app);
    seen.last = status;
    options.onStatus?.(status);
    const isReached = options.until === "active" ? isActive(status) : isStopped(status);
    if (!isReached && status.phase !== "FAILED") {
      doubted = false;
      continue;
    }
    if (doubted && !(await staysQuiet(next, options.staleMs ?? 5_000))) continue;
    if (isReached) return app;
    throw messageError(status.message, "START_FAILED");
  }
}

function readChange({ value: change }: IteratorResult<AppChange>, id: AppId): AppMessage {
  if (change === undefined) throw new AppEnvError("UNREACHABLE", `The watch of '${id.name}' ended.`);
  if (change.type === "deleted") throw new AppEnvError("NOT_FOUND", `The app '${id.name}' was deleted meanwhile.`);
  return change.app;
}

/** Whether no further change comes for so long. */
async function staysQuiet(next: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const quiet = sleep(ms, true, { signal: timer.signal }).catch(() => true);
  const came = next.then(
    () => false,
    () => false,
  );
  const result = await Promise.race([quiet, came]);
  timer.abort();
  return result;
}

function timedOut(id: AppId, until: "active" | "stopped", limitMs: number, last: AppStatus | undefined): AppEnvError {
  const state =
    last === undefined ? "nothing was heard of it" : `it is ${last.phase}: ${last.message || "no reason given"}`;
  return new AppEnvError("START_TIMEOUT", `'${id.name}' is not ${until} after ${limitMs / 1000} s; ${state}.`);
}

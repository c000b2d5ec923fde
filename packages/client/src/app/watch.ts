import { setTimeout as sleep } from "node:timers/promises";
import { type AppId, type AppMessage, fromIdentifier, toIdentifier } from "@appenv/protocol";
import { sameApp } from "@appenv/protocol/internal";
import { AppEnvError, type Duration } from "@appenv/core";
import { durationMs, type OptionNames } from "@appenv/core/internal";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { reopening } from "../transport/reopen.ts";
import { type AppStatus, isActive, isStopped, readStatus } from "./status.ts";

/** An event of a watch. */
export type AppChange =
  | { readonly type: "snapshot" | "update"; readonly app: AppMessage }
  | { readonly type: "deleted" };

/**
 * Follows one app: how it stands now, then every change, until the caller stops or `signal` ends it. A stream that
 * breaks is opened again.
 *
 * @throws AppEnvError NOT_FOUND, UNSUPPORTED and other answers that do not pass.
 */
export function watchApp(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  return reopening(
    (ending) => readStream(controlPlane, id, ending),
    () => controlPlane.relocate(),
    signal,
  );
}

async function* readStream(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  const request = { target: { case: "appId", value: toIdentifier(id) } } as const;
  for await (const { event } of controlPlane.apps.watch(request, { signal })) {
    const app = event.case === "updateEvent" ? event.value.updatedApp : event.value?.app;
    // Flyte's backend also sends events of apps with this name in other projects and domains.
    if (app === undefined || !isSame(app, id)) continue;
    if (event.case === "deleteEvent") yield { type: "deleted" };
    else yield { type: event.case === "createEvent" ? "snapshot" : "update", app };
  }
}

function isSame(app: AppMessage, id: AppId): boolean {
  return sameApp(fromIdentifier(app.metadata?.id), id);
}

/** Options of waiting for an app. */
export interface WaitOptions {
  readonly until: "active" | "stopped";
  /** A duration; default 60 seconds. */
  readonly timeout?: Duration;
  /** True where the status right after a change may be the previous revision's, as on Flyte's open-source backend. */
  readonly mayBeStale?: boolean;
  /** Time for which a first, possibly stale status is doubted, in milliseconds. Default 5000. */
  readonly staleMs?: number;
  /** Called with each new status. */
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
    if (!isReached && status.failure === undefined) {
      doubted = false;
      continue;
    }
    if (doubted && !(await staysQuiet(next, options.staleMs ?? 5_000))) continue;
    if (status.failure !== undefined) throw status.failure;
    return app;
  }
}

function readChange({ value: change }: IteratorResult<AppChange>, id: AppId): AppMessage {
  if (change === undefined) throw new AppEnvError("UNREACHABLE", `The watch of '${id.name}' ended.`);
  if (change.type === "deleted") throw new AppEnvError("NOT_FOUND", `The app '${id.name}' was deleted meanwhile.`);
  return change.app;
}

/** Tells whether no further change comes within this time. */
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

import { currentNotes } from "@appenv/core/internal";
import type { IngressLoad } from "../http/ingress.ts";
import type { Platform } from "../ipc/channel.ts";

const signOfLifeMs = 5_000;

/** A source of load. */
interface Busy {
  load(): IngressLoad;
}

/**
 * Reports the load of a replica or a worker to the platform: every `intervalMs` while something changes, else every 5 seconds.
 * The returned function reports it once more at once, if it has changed. Observations go along.
 */
export function reportLoad(busy: Busy, intervalMs: number, platform: Pick<Platform, "send">): () => void {
  let sentAt = -Infinity;
  let sent: IngressLoad | undefined;
  const before = process.cpuUsage();
  const report = (): void => {
    const noted = currentNotes()?.take();
    if (noted !== undefined) void platform.send({ type: "noted", noted });
    const load = busy.load();
    const now = performance.now();
    if (sent !== undefined && !hasChanged(load, sent) && now - sentAt < signOfLifeMs) return;
    [sent, sentAt] = [load, now];
    void platform.send({ type: "load", load: { ...load, cpuMs: cpuMs(before), rss: process.memoryUsage.rss() } });
  };
  everyMs(intervalMs, report);
  return report;
}

/** Calls without drift, unlike an interval of Node: so whoever looks at the reports once a second finds the same number of them. */
function everyMs(ms: number, call: () => void): void {
  const begun = performance.now();
  const next = (): void => {
    const calls = Math.round((performance.now() - begun) / ms) + 1;
    setTimeout(onTime, begun + calls * ms - performance.now()).unref();
  };
  const onTime = (): void => {
    next();
    call();
  };
  next();
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1_000);
}

function hasChanged(load: IngressLoad, before: IngressLoad): boolean {
  return (
    load.busyMs !== before.busyMs ||
    load.requests !== before.requests ||
    load.connections !== before.connections ||
    load.inFlight !== before.inFlight
  );
}

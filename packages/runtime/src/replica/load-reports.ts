import type { IngressLoad } from "../http/ingress.ts";
import type { Platform } from "../ipc/channel.ts";

const signOfLifeMs = 5_000;

/** A source of load. */
interface Busy {
  load(): IngressLoad;
}

/** Reports the load of a replica or a worker to the platform: every `intervalMs` while something changes, else every 5 seconds. */
export function reportLoad(busy: Busy, intervalMs: number, platform: Pick<Platform, "send">): void {
  let sentAt = -Infinity;
  let sent: IngressLoad | undefined;
  const tick = (): void => {
    const load = busy.load();
    const now = performance.now();
    if (sent !== undefined && !hasChanged(load, sent) && now - sentAt < signOfLifeMs) return;
    [sent, sentAt] = [load, now];
    void platform.send({ type: "load", load: { ...load, rss: process.memoryUsage.rss() } });
  };
  setInterval(tick, intervalMs).unref();
}

function hasChanged(load: IngressLoad, before: IngressLoad): boolean {
  return (
    load.busyMs !== before.busyMs ||
    load.requests !== before.requests ||
    load.connections !== before.connections ||
    load.inFlight !== before.inFlight
  );
}

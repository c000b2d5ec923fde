import type { Ingress, IngressLoad } from "../ingress/ingress.ts";
import type { Platform } from "./channel.ts";

const signOfLifeMs = 5_000;

/** Tells the platform how busy the replica is: every `intervalMs` while something changes, else every 5 seconds. */
export function reportLoad(ingress: Ingress, intervalMs: number, platform: Platform): void {
  let sentAt = -Infinity;
  let sent: IngressLoad | undefined;
  const tick = (): void => {
    const load = ingress.load();
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

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { MetricsPointMessage } from "@appenv/protocol";
import { metrics } from "../api/clients.ts";
import { pathOf } from "../route/names.ts";
import { visible } from "./visibility.ts";

const everyMs = 5_000;

/** The load of each app in the last minute, by the path of its page. Undefined until it is known. */
export type AppLoads = ReadonlyMap<string, MetricsPointMessage>;

/** The load of all apps while a component is shown and the page is seen: all of it at once, every few seconds. */
export function useAppLoads(): AppLoads | undefined {
  const loads = useSignal<AppLoads | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      if (!visible.value) return;
      // A platform that is gone is said by the page; the older numbers stay.
      const answer = await metrics.listMetrics({}, { signal: stop.signal }).catch(() => undefined);
      if (answer === undefined || stop.signal.aborted) return;
      loads.value = new Map(
        answer.apps.flatMap(({ app, point }) => (point === undefined ? [] : [[pathOf("apps", app), point] as const])),
      );
    };
    void ask();
    const timer = setInterval(() => void ask(), everyMs);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, []);
  return loads.value;
}

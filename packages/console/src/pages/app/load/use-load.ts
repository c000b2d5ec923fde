import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { MetricsPointMessage } from "@appenv/protocol";
import { metrics } from "../../../api/clients.ts";
import { follow } from "../../../live/follow.ts";
import { msOf } from "../../../parts/time.tsx";
import type { Name } from "../../../route/names.ts";

const shownMs = 3_600_000;

/** The load of an app in the last hour, by the second while it is watched; undefined until the first answer. */
export function useLoad(app: Name): readonly MetricsPointMessage[] | undefined {
  const points = useSignal<readonly MetricsPointMessage[] | undefined>(undefined);
  useEffect(() => {
    let isFirst = true;
    return follow({
      onOpen: () => (isFirst = true),
      open: (stop) => metrics.watchMetrics({ app }, { signal: stop }),
      onMessage: ({ app: series }) => {
        // The first answer is the whole hour, also when the stream was opened again.
        points.value = recent([...(isFirst ? [] : (points.value ?? [])), ...(series?.points ?? [])]);
        isFirst = false;
      },
    });
  }, []);
  return points.value;
}

function recent(points: readonly MetricsPointMessage[]): readonly MetricsPointMessage[] {
  const from = Date.now() - shownMs;
  const first = points.findIndex(({ at }) => (msOf(at) ?? 0) >= from);
  return first > 0 ? points.slice(first) : points;
}

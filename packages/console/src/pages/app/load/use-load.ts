import { useSignal, type Signal } from "@preact/signals";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { useEffect } from "preact/hooks";
import type { MetricsPointMessage } from "@appenv/protocol";
import { metrics } from "../../../api/clients.ts";
import { returns } from "../../../api/connection.ts";
import { follow } from "../../../live/follow.ts";
import { visible } from "../../../live/visibility.ts";
import { msOf } from "../../../parts/time.tsx";
import type { Name } from "../../../route/names.ts";
import type { Span } from "./spans.ts";

type Points = Signal<readonly MetricsPointMessage[] | undefined>;

const minuteMs = 60_000;

/** The load of an app in a span until now, live; undefined until the first answer. */
export function useLoad(app: Name, span: Span): readonly MetricsPointMessage[] | undefined {
  const points: Points = useSignal(undefined);
  useEffect(() => {
    points.value = undefined;
    return span.step === 1 ? bySecond(app, span, points) : byMinute(app, span, points);
  }, [span]);
  return points.value;
}

function bySecond(app: Name, span: Span, points: Points): () => void {
  let isFirst = true;
  return follow({
    onOpen: () => (isFirst = true),
    open: (stop) => metrics.watchMetrics({ app, step: durationFromMs(1_000) }, { signal: stop }),
    onMessage: ({ app: series }) => {
      // The first answer is the whole hour, also when the stream was opened again.
      points.value = recent([...(isFirst ? [] : (points.value ?? [])), ...(series?.points ?? [])], span);
      isFirst = false;
    },
  });
}

function byMinute(app: Name, span: Span, points: Points): () => void {
  const stop = new AbortController();
  const ask = async (): Promise<void> => {
    if (!visible.value) return;
    const from = timestampFromMs(Date.now() - span.seconds * 1_000);
    const step = durationFromMs(span.step * 1_000);
    // A platform that is gone is said by the page; the older numbers stay.
    const answer = await metrics.getMetrics({ app, from, step }, { signal: stop.signal }).catch(() => undefined);
    if (answer !== undefined && !stop.signal.aborted) points.value = answer.app?.points ?? [];
  };
  const unwatch = returns.subscribe(() => void ask());
  const timer = setInterval(() => void ask(), minuteMs);
  return () => {
    stop.abort();
    unwatch();
    clearInterval(timer);
  };
}

function recent(points: readonly MetricsPointMessage[], { seconds }: Span): readonly MetricsPointMessage[] {
  const from = Date.now() - seconds * 1_000;
  const first = points.findIndex(({ at }) => (msOf(at) ?? 0) >= from);
  return first > 0 ? points.slice(first) : points;
}

import type { JSX } from "preact";
import type { MetricsPointMessage } from "@appenv/protocol";
import { msOf } from "../../../parts/time.tsx";
import type { Name } from "../../../route/names.ts";
import { Chart } from "./chart.tsx";
import type { Line } from "./line.ts";
import { useLoad } from "./use-load.ts";

const charts: readonly { readonly title: string; readonly lines: readonly Line<MetricsPointMessage>[] }[] = [
  {
    title: "Requests per second",
    lines: [
      { name: "all", colour: "--busy", read: ({ requests }) => requests },
      { name: "failed", colour: "--bad", read: ({ responses }) => responses?.serverErrors ?? 0 },
    ],
  },
  {
    title: "Response time, ms",
    lines: [
      { name: "p50", colour: "--good", read: ({ p50Ms }) => p50Ms },
      { name: "p95", colour: "--waits", read: ({ p95Ms }) => p95Ms },
    ],
  },
  {
    title: "Cores, replicas",
    lines: [
      { name: "cores", colour: "--accent", read: ({ cpu }) => cpu },
      { name: "replicas", colour: "--quiet", read: ({ replicas }) => replicas },
    ],
  },
  {
    title: "Memory, MiB",
    lines: [{ name: "memory", colour: "--accent", read: ({ memoryBytes }) => memoryBytes / 1_048_576 }],
  },
];

/** The load of an app in the last hour, live. */
export function Load({ app }: { readonly app: Name }): JSX.Element {
  const points = useLoad(app) ?? [];
  const times = points.map(({ at }) => (msOf(at) ?? 0) / 1_000);
  return (
    <section>
      <h2>Load, the last hour</h2>
      <div class="charts">
        {charts.map(({ title, lines }) => (
          <Chart key={title} title={title} times={times} points={points} lines={lines} />
        ))}
      </div>
    </section>
  );
}

import type { JSX } from "preact";
import type { MetricsPointMessage } from "@appenv/protocol";
import { Choices } from "../../../parts/choices.tsx";
import { msOf } from "../../../parts/time.tsx";
import type { Name } from "../../../route/names.ts";
import { readQuery, setQuery } from "../../../route/query.ts";
import { Chart } from "./chart.tsx";
import type { Line } from "./line.ts";
import { spans, withGaps } from "./spans.ts";
import { useLoad } from "./use-load.ts";

type Lines = readonly Line<MetricsPointMessage>[];

const charts: readonly { readonly title: string; readonly lines: Lines }[] = [
  { title: "Requests per second", lines: [{ name: "all", colour: "--busy", read: ({ requests }) => requests }] },
  {
    title: "Errors per second",
    lines: [
      { name: "5xx", colour: "--bad", read: ({ responses }) => responses?.serverErrors ?? 0 },
      { name: "4xx", colour: "--waits", read: ({ responses }) => responses?.clientErrors ?? 0 },
    ],
  },
  {
    title: "Response time, ms",
    lines: [
      { name: "p50", colour: "--good", read: ({ p50Ms }) => p50Ms },
      { name: "p95", colour: "--waits", read: ({ p95Ms }) => p95Ms },
      { name: "p99", colour: "--bad", read: ({ p99Ms }) => p99Ms },
    ],
  },
  {
    title: "In flight",
    lines: [
      { name: "all", colour: "--busy", read: ({ inFlight }) => inFlight },
      { name: "sockets", colour: "--accent", read: ({ sockets }) => sockets },
    ],
  },
  { title: "Replicas", lines: [{ name: "ready", colour: "--good", read: ({ replicas }) => replicas }] },
  { title: "Connections", lines: [{ name: "open", colour: "--quiet", read: ({ connections }) => connections }] },
  { title: "CPU", lines: [{ name: "cores", colour: "--accent", read: ({ cpu }) => cpu }] },
  {
    title: "Memory, MiB",
    lines: [{ name: "used", colour: "--accent", read: (point) => point.memoryBytes / 1_048_576 }],
  },
];

const choices = Object.entries(spans).map(([name, { words }]) => [name, words] as const);

/** The load of an app, live. The span is kept in the URL. */
export function Load({ app }: { readonly app: Name }): JSX.Element {
  const name = Object.hasOwn(spans, readQuery("span")) ? readQuery("span") : "";
  const span = spans[name] as (typeof spans)[string];
  const known = useLoad(app, span) ?? [];
  const { times, points } = withGaps(
    known.map(({ at }) => (msOf(at) ?? 0) / 1_000),
    known,
    span.step,
  );
  return (
    <section>
      <h2 class="with-choices">
        Load <Choices label="Span" of={choices} chosen={name} onChoose={(chosen) => setQuery({ span: chosen })} />
      </h2>
      <div class="charts">
        {charts.map(({ title, lines }) => (
          <Chart
            key={`${title} ${name}`}
            title={title}
            seconds={span.seconds}
            times={times}
            points={points}
            lines={lines}
          />
        ))}
      </div>
    </section>
  );
}

/** A number of a metric, told from the metric's others by its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram: counts by bucket, as they are and not added up. */
export interface HistogramSample {
  readonly labels: Readonly<Record<string, string>>;
  /** One more than the ends of the buckets: the last is of all that is above. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A metric with all its numbers. */
export type Metric = {
  /** With its unit: `_seconds`, `_bytes`; that of a counter ends in `_total`. */
  readonly name: string;
  /** A sentence for people. */
  readonly help: string;
} & (
  | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
  | { readonly type: "histogram"; readonly ends: readonly number[]; readonly samples: readonly HistogramSample[] }
);

/** The type of the text below. */
export const textType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Metrics in Prometheus' text format 0.0.4. Written here since the libraries for it count by themselves, and these numbers come
 * counted from other processes.
 */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map((metric) => metricText(metric)).join("");
}

function metricText(metric: Metric): string {
  const { name, type, help } = metric;
  const head = `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
  const lines =
    metric.type === "histogram"
      ? metric.samples.flatMap((sample) => histogramLines(name, metric.ends, sample))
      : metric.samples.map(({ labels, value }) => line(name, labels, value));
  return head + lines.join("");
}

function histogramLines(name: string, ends: readonly number[], { labels, counts, sum }: HistogramSample): string[] {
  let below = 0;
  const buckets = [...ends, Number.POSITIVE_INFINITY].map((end, index) => {
    below += counts[index] ?? 0;
    return line(`${name}_bucket`, { ...labels, le: numberText(end) }, below);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, below)];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return String(value);
}

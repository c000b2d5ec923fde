import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { shortNumber } from "../../../parts/numbers.ts";
import { look } from "../../../parts/theme.tsx";
import type { Line } from "./line.ts";
import type { Plot } from "./plot.ts";

/** Lines over time, with the latest values in words. */
export function Chart<T>({
  title,
  seconds,
  times,
  points,
  lines,
}: {
  readonly title: string;
  /** The length of the span that is shown, which ends now. */
  readonly seconds: number;
  /** In seconds since 1970. */
  readonly times: readonly number[];
  /** Undefined: nothing is known of that time. */
  readonly points: readonly (T | undefined)[];
  readonly lines: readonly Line<T>[];
}): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const values = lines.map(({ read }) => points.map((point) => (point === undefined ? null : (read(point) ?? null))));
  const latest = useRef({ times, values });
  latest.current = { times, values };
  const { value: shownTheme } = look;
  useEffect(() => {
    let stopped = false;
    // The library is loaded with the first chart: other pages do without it.
    void import("./plot.ts").then(({ makePlot }) => {
      if (stopped || element.current === null) return undefined;
      plot.current = makePlot(element.current, lines, seconds);
      return plot.current.show(latest.current.times, latest.current.values);
    });
    return () => {
      stopped = true;
      plot.current?.close();
      plot.current = undefined;
    };
  }, [shownTheme]);
  useEffect(() => plot.current?.show(times, values), [times.at(-1), times.length]);
  const latestOf = (index: number): string => shortNumber(values[index]?.at(-1) ?? undefined);
  const words = lines.map(({ name }, index) => `${name} ${latestOf(index)}`);
  return (
    <figure>
      <figcaption>
        <span>{title}</span>
        <span class="chart-legend">
          {lines.map(({ name, colour }, index) => (
            <span key={name} style={{ color: `var(${colour})` }}>
              {name} <span class="value">{latestOf(index)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={element} class="plot" role="img" aria-label={`${title}: ${words.join(", ")}`} />
    </figure>
  );
}

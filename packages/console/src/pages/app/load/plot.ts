import uPlot from "uplot";
// Its look comes with it.
// oxlint-disable-next-line import/no-unassigned-import
import "uplot/dist/uPlot.min.css";
import type { Line } from "./line.ts";

/** A drawn chart. */
export interface Plot {
  /** Draws points. @param times - In seconds since 1970. */
  show(times: readonly number[], values: readonly (readonly (number | null)[])[]): void;
  close(): void;
}

const height = 110;
const day = 86_400;

/** Makes a chart that is as wide as its element, now and later. @param seconds - The span that it shows, which ends now. */
export function makePlot(
  element: HTMLElement,
  lines: readonly Pick<Line<never>, "name" | "colour">[],
  seconds: number,
): Plot {
  const plot = new uPlot(optionsOf(element, lines, seconds), [[], ...lines.map(() => [])], element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return {
    show: (times, values) => plot.setData([times, ...values] as unknown as uPlot.AlignedData),
    close: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Pick<Line<never>, "name" | "colour">[],
  seconds: number,
): uPlot.Options {
  const quiet = colourOf(element, "--quiet");
  const grid = { stroke: colourOf(element, "--line"), width: 1 };
  const axis = { stroke: quiet, grid, ticks: grid, font: "11px system-ui" };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false },
    padding: [6, 6, 0, 0],
    series: [{}, ...lines.map(({ name, colour }) => seriesOf(name, colourOf(element, colour)))],
    scales: {
      x: { range: () => [Date.now() / 1_000 - seconds, Date.now() / 1_000] },
      y: { range: (_, __, highest) => [0, Math.max((highest ?? 0) * 1.1, 1)] },
    },
    axes: [
      { ...axis, space: 70, size: 24, values: (_, splits) => splits.map(seconds > 2 * day ? date : clock) },
      { ...axis, space: 24, size: 44 },
    ],
  };
}

function seriesOf(label: string, stroke: string): uPlot.Series {
  return { label, stroke, width: 1.5, points: { show: false }, spanGaps: false };
}

function clock(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return `${time.getHours()}:${String(time.getMinutes()).padStart(2, "0")}`;
}

function date(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleDateString("en", { month: "short", day: "numeric" });
}

/** A canvas needs the colour itself: a custom property may still hold one for light and one for dark. */
function colourOf(element: HTMLElement, property: string): string {
  const before = element.style.color;
  element.style.color = `var(${property})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

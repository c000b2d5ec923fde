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
const [longest, shortest] = [3_600, 300];

/** Makes a chart that is as wide as its element, now and later. */
export function makePlot(element: HTMLElement, lines: readonly Pick<Line<never>, "name" | "colour">[]): Plot {
  const plot = new uPlot(optionsOf(element, lines), [[], ...lines.map(() => [])], element);
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

function optionsOf(element: HTMLElement, lines: readonly Pick<Line<never>, "name" | "colour">[]): uPlot.Options {
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
      x: { range: (_, first) => [begin(first), Date.now() / 1_000] },
      y: { range: (_, __, highest) => [0, Math.max((highest ?? 0) * 1.1, 1)] },
    },
    axes: [
      { ...axis, space: 70, size: 24, values: (_, splits) => splits.map(clock) },
      { ...axis, space: 24, size: 44 },
    ],
  };
}

/** The begin of the time that is shown: that of the points, but five minutes at least and an hour at most. */
function begin(first: number | null | undefined): number {
  const now = Date.now() / 1_000;
  return Math.max(now - longest, Math.min(first ?? now, now - shortest));
}

function seriesOf(label: string, stroke: string): uPlot.Series {
  return { label, stroke, width: 1.5, points: { show: false }, spanGaps: false };
}

function clock(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** A canvas needs the colour itself: a custom property may still hold one for light and one for dark. */
function colourOf(element: HTMLElement, property: string): string {
  const before = element.style.color;
  element.style.color = `var(${property})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

import type { Page } from "playwright-core";
import type { Extra } from "../stats/figures.ts";

/** The frames of a page while one of its lists was scrolled. */
export interface Scrolling {
  /** The longest time between two frames, in milliseconds. */
  readonly longestMs: number;
  /** Frames of 100 that came more than 50 ms after the one before. */
  readonly slowPercent: number;
}

const turns = 120;
/** The length of a turn of the wheel, in pixels; a hand turns it some 60 times a second. */
const turnPixels = 400;
const turnMs = 16;

/** Counts frames until it is stopped; runs in the page. */
const recorder = `(() => {
  const gaps = [];
  let last = performance.now();
  let isOver = false;
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    if (!isOver) requestAnimationFrame(frame);
  };
  requestAnimationFrame((now) => ((last = now), requestAnimationFrame(frame)));
  globalThis.framesUntilNow = () => ((isOver = true), gaps);
})()`;

/** Turns the wheel over a list, down and back again. @throws Error if the list cannot be scrolled. */
export async function scrollThrough(page: Page, list: string): Promise<Scrolling> {
  const box = await page.locator(list).boundingBox();
  if (box === null) throw new Error(`The page shows no ${list}.`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(recorder);
  let farthest = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const next = new Promise((resolve) => setTimeout(resolve, turnMs));
    await page.mouse.wheel(0, turn < turns / 2 ? turnPixels : -turnPixels);
    if (turn === turns / 2) farthest = await page.locator(list).evaluate((element) => element.scrollTop);
    await next;
  }
  if (farthest === 0) throw new Error(`The wheel does not scroll ${list}.`);
  const gaps = await page.evaluate<number[]>("framesUntilNow()");
  const slow = gaps.filter((gap) => gap > 50).length;
  return { longestMs: Math.max(...gaps), slowPercent: (100 * slow) / Math.max(gaps.length, 1) };
}

/** The lines of a row about scrolling. */
export function scrollingLines(measured: readonly Scrolling[]): readonly Extra[] {
  if (measured.length === 0) return [];
  const against = "without a comparison";
  return [
    {
      what: "longest time between two frames while the wheel scrolls through the list",
      against,
      values: measured.map(({ longestMs }) => longestMs),
      unit: "ms",
    },
    {
      what: "frames more than 50 ms after the one before, meanwhile",
      against,
      values: measured.map(({ slowPercent }) => slowPercent),
      unit: "%",
    },
  ];
}

import type { Point } from "./arrange.ts";

/** A line, and the place of its numbers. */
export interface Line {
  readonly points: readonly Point[];
  readonly middle: Point;
}

/** A point that is moved. */
export function shift({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

/**
 * Joins the parts of a line. Its numbers stand in a box, if it begins or ends in one: outside, several lines may be one.
 *
 * @param parts - In the box it comes from, outside, and in the box it leads to; none is empty.
 */
export function join([begin, outside, end]: readonly (readonly Point[])[]): Line {
  const points = [begin, outside, end].flatMap((part) => part ?? []);
  const part = [end, begin, outside].find((each) => each !== undefined && each.length > 0) ?? [];
  return { points, middle: part[Math.floor(part.length / 2)] ?? { x: 0, y: 0 } };
}

/** A smooth line through points, as the `d` of a path. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return "";
  const through = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M${first.x} ${first.y}${through.join("")}L${last.x} ${last.y}`;
}

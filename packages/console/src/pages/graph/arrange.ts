import { Graph, layout, type GraphLabel, type NodeLabel, type EdgeLabel } from "@dagrejs/dagre";
import type { Size } from "./view.ts";

/** Between what stands beside one another, in the units of the drawing. */
export const gap = 18;

/** A point of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle to be placed. */
export interface Piece extends Size {
  readonly id: string;
}

/** The ends of a line, by the ids of pieces. */
export interface Ends {
  readonly from: string;
  readonly to: string;
  /** True if it only says which stands before which. */
  readonly isWeak?: boolean;
}

/** Pieces at their places. */
export interface Arranged extends Size {
  /** Their middles. */
  readonly places: ReadonlyMap<string, Point>;
  /** The lines, by `from to`. */
  readonly lines: ReadonlyMap<string, readonly Point[]>;
}

/**
 * Places pieces: those that lines lead from to the left of what they lead to, or above it; what has no lines stands below, in rows.
 *
 * @param isTall - True for a frame that is higher than wide.
 */
export function arrange(pieces: readonly Piece[], ends: readonly Ends[], isTall: boolean): Arranged {
  const connected = new Set(ends.flatMap(({ from, to }) => [from, to]));
  const drawnPieces = pieces.filter(({ id }) => connected.has(id));
  // In a high frame there is room for groups beside one another.
  const groups = isTall ? [{ pieces: drawnPieces, ends }] : groupsOf(drawnPieces, ends);
  const drawn = together(groups.map((group) => connect(group.pieces, group.ends, isTall)));
  const alone = pieces.filter(({ id }) => !connected.has(id)).toSorted((one, other) => one.height - other.height);
  const rows = rowsOf(alone, drawn, isTall ? 2 : 4);
  return {
    places: new Map([...drawn.places, ...rows.places]),
    lines: drawn.lines,
    width: Math.max(drawn.width, rows.width, 1),
    height: Math.max(drawn.height, rows.height, 1),
  };
}

/** Pieces that lines connect, and these lines. */
interface Group {
  readonly pieces: readonly Piece[];
  readonly ends: readonly Ends[];
}

/** Laid out together, what has nothing to do with a piece would still push it aside. */
function groupsOf(pieces: readonly Piece[], ends: readonly Ends[]): readonly Group[] {
  const beside = new Map<string, string[]>(pieces.map(({ id }) => [id, []]));
  for (const { from, to } of ends) {
    beside.get(from)?.push(to);
    beside.get(to)?.push(from);
  }
  const groupOf = new Map<string, number>();
  let count = 0;
  for (const { id } of pieces) {
    if (groupOf.has(id)) continue;
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (groupOf.has(next)) continue;
      groupOf.set(next, count);
      open.push(...(beside.get(next) ?? []));
    }
    count += 1;
  }
  const members = Map.groupBy(pieces, ({ id }) => groupOf.get(id));
  const lines = Map.groupBy(ends, ({ from }) => groupOf.get(from));
  return [...members].map(([group, of]) => ({ pieces: of, ends: lines.get(group) ?? [] }));
}

/** Groups in rows, the largest first; none is wider than the widest group. */
function together(groups: readonly Arranged[]): Arranged {
  const sized = groups
    .toSorted((one, other) => other.width - one.width)
    .map((group, index) => ({ group, piece: { id: `${index}`, width: group.width, height: group.height } }));
  const rows = rowsOf(
    sized.map(({ piece }) => piece),
    { width: 0, height: 0 },
    1,
    2 * gap,
  );
  const places: [string, Point][] = [];
  const lines: [string, readonly Point[]][] = [];
  for (const { group, piece } of sized) {
    const middle = rows.places.get(piece.id) ?? { x: 0, y: 0 };
    const move = ({ x, y }: Point): Point => ({
      x: x + middle.x - group.width / 2,
      y: y + middle.y - group.height / 2,
    });
    for (const [id, place] of group.places) places.push([id, move(place)]);
    for (const [id, points] of group.lines) lines.push([id, points.map(move)]);
  }
  return { places: new Map(places), lines: new Map(lines), width: rows.width, height: rows.height };
}

/** @param least - Pieces that a row has at least, if there are so many. */
function rowsOf(pieces: readonly Piece[], above: Size, least: number, between: number = gap): Omit<Arranged, "lines"> {
  const places = new Map<string, Point>();
  const lowest = pieces.slice(0, least).reduce((sum, { width }) => sum + width + between, -between);
  const widest = Math.max(above.width, lowest);
  let [x, y, rowHeight, width] = [0, above.height === 0 ? 0 : above.height + 2 * gap, 0, 0];
  for (const piece of pieces) {
    if (x > 0 && x + piece.width > widest) [x, y, rowHeight] = [0, y + rowHeight + between, 0];
    places.set(piece.id, { x: x + piece.width / 2, y: y + piece.height / 2 });
    rowHeight = Math.max(rowHeight, piece.height);
    width = Math.max(width, x + piece.width);
    x += piece.width + between;
  }
  return { places, width, height: pieces.length === 0 ? 0 : y + rowHeight };
}

function connect(pieces: readonly Piece[], ends: readonly Ends[], isTall: boolean): Arranged {
  if (pieces.length === 0) return { places: new Map(), lines: new Map(), width: 0, height: 0 };
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph({ rankdir: isTall ? "TB" : "LR", nodesep: gap, ranksep: isTall ? 60 : 90, edgesep: 12 });
  for (const { id, width, height } of pieces) graph.setNode(id, { width, height });
  for (const { from, to, isWeak } of ends) graph.setEdge(from, to, isWeak === true ? { weight: 0 } : {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const places = pieces.map(({ id }) => [id, { x: graph.node(id).x ?? 0, y: graph.node(id).y ?? 0 }] as const);
  const lines = ends.map(({ from, to }) => [`${from} ${to}`, graph.edge(from, to).points ?? []] as const);
  return { places: new Map(places), lines: new Map(lines), width, height };
}

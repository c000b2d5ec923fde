import type { GraphEdgeMessage, GraphNodeMessage } from "@appenv/protocol/tasks";
import { arrange, type Arranged, type Piece, type Point } from "./arrange.ts";
import { arrangeInside, gates } from "./inside.ts";
import { join, shift, type Line } from "./lines.ts";
import type { Shape } from "./shape.ts";
import { unitsOf, type Units } from "./units.ts";
import type { Size } from "./view.ts";

/** The size of a node, in the units of the drawing. */
export const nodeSize = { width: 190, height: 42 } as const;
/** The height of an environment's name, and the space between the border of its box and its tasks. */
const [head, pad] = [26, 14];

/** A node at its place: its middle. */
export interface PlacedNode extends Point {
  readonly node: GraphNodeMessage;
  /** True if it stands in the box of its environment. */
  readonly isInside: boolean;
}

/** The box of an environment around its tasks: its middle and its size. */
export interface PlacedBox extends Point, Size {
  readonly node: GraphNodeMessage;
}

/** An edge at its place. */
export interface PlacedEdge extends Line {
  readonly edge: GraphEdgeMessage;
}

/** A drawing. */
export interface Layout extends Size {
  readonly nodes: readonly PlacedNode[];
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

/** The boxes and what is in them, and what is around. */
interface Parts {
  readonly units: Units;
  readonly insides: ReadonlyMap<string, Arranged>;
  readonly outside: Arranged;
}

/**
 * Lays out a shape: callers to the left of what they call, or above it; what has no edges stands below, in rows. Each box of an
 * environment is laid out by itself: a thousand tasks in boxes that are laid out together take a minute.
 *
 * @param isTall - True for a frame that is higher than wide.
 */
export function layOut(shape: Shape, isTall: boolean = false): Layout {
  const units = unitsOf(shape);
  const insides = new Map(units.boxes.map((box) => [box.node.id, arrangeInside(box, piece, isTall)]));
  const around = [...insides].map(([id, inside]) => ({ id, ...boxSize(inside) }));
  const outside = arrange([...units.single.map(piece), ...around], units.ends, isTall);
  const parts = { units, insides, outside };
  const nodes = [...units.boxes.flatMap(({ node, members }) => membersIn(node.id, members, parts)), ...singles(parts)];
  const boxes = units.boxes.map(({ node }) => ({
    node,
    ...placeIn(outside, node.id),
    ...boxSize(insides.get(node.id)),
  }));
  const edges = shape.edges.map((edge) => ({ edge, ...lineOf(edge, parts) }));
  return { nodes, boxes, edges, width: outside.width, height: outside.height };
}

function piece({ id }: GraphNodeMessage): Piece {
  return { id, ...nodeSize };
}

function boxSize(inside: Size | undefined): Size {
  const { width, height } = inside ?? nodeSize;
  return { width: width + 2 * pad, height: height + pad + head + pad / 2 };
}

function singles({ units, outside }: Parts): readonly PlacedNode[] {
  return units.single.map((node) => ({ node, ...placeIn(outside, node.id), isInside: false }));
}

function membersIn(box: string, members: readonly GraphNodeMessage[], parts: Parts): readonly PlacedNode[] {
  const corner = cornerOf(box, parts);
  const inside = parts.insides.get(box);
  return members.map((node) => ({ node, ...shift(placeIn(inside, node.id), corner), isInside: true }));
}

/** The point at which the inside of a box begins. */
function cornerOf(box: string, { insides, outside }: Parts): Point {
  const { x, y } = placeIn(outside, box);
  const { width, height } = boxSize(insides.get(box));
  return { x: x - width / 2 + pad, y: y - height / 2 + head + pad / 2 };
}

function placeIn(arranged: Arranged | undefined, id: string): Point {
  return arranged?.places.get(id) ?? { x: 0, y: 0 };
}

/** A line from a box, or to one, goes through its gates. */
function lineOf({ from, to }: GraphEdgeMessage, parts: Parts): Line {
  const { units, outside } = parts;
  const [first, last] = [units.unitOf(from), units.unitOf(to)];
  if (first === last && parts.insides.has(first)) return join([lineIn(first, from, to, parts)]);
  return join([
    lineIn(first, from, gates.leaving, parts),
    outside.lines.get(`${first} ${last}`) ?? [],
    lineIn(last, gates.arriving, to, parts),
  ]);
}

function lineIn(box: string, from: string, to: string, parts: Parts): readonly Point[] {
  const points = parts.insides.get(box)?.lines.get(`${from} ${to}`) ?? [];
  const corner = cornerOf(box, parts);
  return points.map((point) => shift(point, corner));
}

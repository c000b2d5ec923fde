import { create } from "@bufbuild/protobuf";
import { GraphSchema } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { layOut, nodeSize } from "../src/pages/graph/layout.ts";
import { shapeKey, shapeOf } from "../src/pages/graph/shape.ts";
import { fit, move, reveal, zoom } from "../src/pages/graph/view.ts";

const place = { project: "p", domain: "d" };

function graphOf(names: readonly string[], edges: readonly (readonly [string, string, string[]])[]) {
  return create(GraphSchema, {
    nodes: names.map((name) => ({ ...place, id: name, name, kind: name.startsWith("t") ? "task" : "app" })),
    edges: edges.map(([from, to, kinds]) => ({ from, to, kinds })),
  });
}

const all = { text: "", only: "all" };

test("200 nodes stand beside one another, callers to the left, those without edges in rows", () => {
  const names = Array.from({ length: 200 }, (_, index) => `app-${index}`);
  const edges = names
    .slice(1, 120)
    .map((name, index) => [`app-${Math.floor(index / 3)}`, name, ["depends-on"]] as [string, string, string[]]);
  const { nodes, edges: lines, width, height } = layOut(shapeOf(graphOf(names, edges), all));
  expect([nodes.length, lines.length]).toEqual([200, edges.length]);
  const overlaps = nodes.filter((one, index) =>
    nodes
      .slice(index + 1)
      .some(({ x, y }) => Math.abs(x - one.x) < nodeSize.width && Math.abs(y - one.y) < nodeSize.height),
  );
  expect(overlaps).toEqual([]);
  const at = new Map(nodes.map(({ node, x }) => [node.id, x]));
  expect(edges.every(([from, to]) => (at.get(from) ?? 0) < (at.get(to) ?? 0))).toBe(true);
  expect(nodes.every(({ x, y }) => x <= width && y <= height)).toBe(true);
  expect(lines.every(({ points }) => points.length > 1)).toBe(true);
});

test("a dependency that a longer way implies is not drawn, calls are, and filters keep what is around", () => {
  const graph = graphOf(
    ["a", "b", "c", "alone", "task"],
    [
      ["a", "b", ["depends-on"]],
      ["b", "c", ["depends-on", "calls"]],
      ["a", "c", ["depends-on"]],
      ["task", "a", ["calls"]],
      ["task", "c", ["depends-on", "calls"]],
    ],
  );
  const pairs = (filters: typeof all) => shapeOf(graph, filters).edges.map(({ from, to }) => `${from} ${to}`);
  const names = (filters: typeof all) => shapeOf(graph, filters).nodes.map(({ name }) => name);
  expect(pairs(all)).toEqual(["a b", "b c", "task a", "task c"]);
  expect(names({ ...all, only: "apps" })).toEqual(["a", "b", "c", "alone"]);
  expect(names({ ...all, only: "calls" })).toEqual(["a", "b", "c", "task"]);
  expect(names({ ...all, text: "b" })).toEqual(["a", "b", "c"]);
  // Calls change each second, and what is drawn stays where it is.
  const before = shapeKey(shapeOf(graph, all));
  for (const edge of graph.edges) edge.kinds = ["depends-on", "calls"];
  expect(
    shapeKey(shapeOf({ ...graph, edges: graph.edges.filter(({ from, to }) => `${from} ${to}` !== "a c") }, all)),
  ).toBe(before);
});

test("a view fits a drawing, zooms around a point, moves, and brings a node into sight", () => {
  const frame = { width: 400, height: 300 };
  const view = fit({ width: 1_000, height: 100 }, frame);
  expect(view.scale).toBeCloseTo(0.352);
  const point = { x: 100, y: 50 };
  const seen = (of: typeof view) => [of.x + point.x / of.scale, of.y + point.y / of.scale];
  const closer = zoom(view, 2, point);
  expect(seen(closer).map(Math.round)).toEqual(seen(view).map(Math.round));
  expect(zoom(view, 1_000, point).scale).toBe(3);
  expect(move(closer, 70.4, 0).x).toBeCloseTo(closer.x - 100);
  const revealed = reveal({ x: 0, y: 0, scale: 1 }, { x: 900, y: -50, width: 100, height: 40 }, frame);
  expect([revealed.x, revealed.y]).toEqual([600, -50]);
});

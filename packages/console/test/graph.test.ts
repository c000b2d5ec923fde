import { create } from "@bufbuild/protobuf";
import { GraphSchema } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { layOut, nodeSize, type PlacedNode } from "../src/pages/graph/layout.ts";
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

/** The nodes that lie on another. */
function overlaps(nodes: readonly PlacedNode[]): readonly PlacedNode[] {
  return nodes.filter((one, index) =>
    nodes
      .slice(index + 1)
      .some(({ x, y }) => Math.abs(x - one.x) < nodeSize.width && Math.abs(y - one.y) < nodeSize.height),
  );
}

test("200 nodes stand beside one another, callers to the left, those without edges in rows", () => {
  const names = Array.from({ length: 200 }, (_, index) => `app-${index}`);
  const edges = names
    .slice(1, 120)
    .map((name, index) => [`app-${Math.floor(index / 3)}`, name, ["depends-on"]] as [string, string, string[]]);
  const { nodes, edges: lines, width, height } = layOut(shapeOf(graphOf(names, edges), all));
  expect([nodes.length, lines.length]).toEqual([200, edges.length]);
  expect(overlaps(nodes)).toEqual([]);
  const at = new Map(nodes.map(({ node, x }) => [node.id, x]));
  expect(edges.every(([from, to]) => (at.get(from) ?? 0) < (at.get(to) ?? 0))).toBe(true);
  expect(nodes.every(({ x, y }) => x <= width && y <= height)).toBe(true);
  expect(lines.every(({ points }) => points.length > 1)).toBe(true);
});

test("chains that have nothing to do with one another stand below one another, each as wide as alone", () => {
  const lines = ["ab", "bc", "cd", "ef", "gh"].map(
    ([from = "", to = ""]) => [from, to, ["depends-on"]] as [string, string, string[]],
  );
  const { nodes, width } = layOut(shapeOf(graphOf([..."abcdefgh"], lines), all));
  expect(width).toBe(layOut(shapeOf(graphOf([..."abcd"], lines.slice(0, 3)), all)).width);
  expect(overlaps(nodes)).toEqual([]);
  const rows = Map.groupBy(nodes, ({ y }) => y);
  expect([...rows.values()].map((row) => row.map(({ node }) => node.id).join(""))).toEqual(["abcd", "efgh"]);
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

test("tasks of an environment stand in its box, and a line from outside passes by the others in it", () => {
  const environment = "environment:p/d/jobs";
  const task = (name: string) => ({ ...place, id: name, kind: "task", name: `jobs.${name}`, environment });
  const graph = create(GraphSchema, {
    nodes: [
      { ...place, id: "web", name: "web", kind: "app" },
      { ...place, id: environment, name: "jobs", kind: "environment" },
      ...["first", "second", "alone"].map(task),
      { ...place, id: "store.put", name: "store.put", kind: "task", environment: "environment:p/d/store" },
      { ...place, id: "environment:p/d/store", name: "store", kind: "environment" },
      { ...place, id: "nightly", name: "nightly", kind: "trigger" },
    ],
    edges: [
      ["web", environment, "depends-on"],
      [environment, "environment:p/d/store", "depends-on"],
      ["nightly", "first", "fires"],
      ["first", "second", "calls"],
    ].map(([from = "", to = "", kind = ""]) => ({ from, to, kinds: [kind] })),
  });
  const declared = layOut(shapeOf(graph, all));
  const [box] = declared.boxes;
  if (box === undefined) throw new Error("There is no box.");
  expect(declared.boxes.map(({ node }) => node.name)).toEqual(["jobs"]);
  const inside = declared.nodes.filter(({ isInside }) => isInside);
  expect(inside.map(({ node }) => node.id)).toEqual(["first", "second", "alone", "nightly"]);
  for (const { x, y } of inside) {
    expect(Math.abs(x - box.x)).toBeLessThan((box.width - nodeSize.width) / 2);
    expect(Math.abs(y - box.y)).toBeLessThan((box.height - nodeSize.height) / 2);
  }
  // An environment with one task is that task; a dependency on one with several ends at its border.
  const ends = ({ points }: (typeof declared.edges)[number]) => points.at(-1)?.x;
  expect(ends(declared.edges[0]!)).toBeCloseTo(box.x - box.width / 2);
  const put = declared.nodes.find(({ node }) => node.id === "store.put");
  expect(ends(declared.edges[1]!)).toBeCloseTo((put?.x ?? 0) - nodeSize.width / 2);

  graph.edges.push(
    create(GraphSchema, { edges: [{ from: "web", to: "second", kinds: ["depends-on", "calls"] }] }).edges[0]!,
  );
  const called = layOut(shapeOf(graph, all));
  const line = called.edges.find(({ edge }) => edge.to === "second" && edge.from === "web");
  expect(called.edges.some(({ edge }) => edge.to === environment)).toBe(false);
  const others = called.nodes.filter(({ node }) => ["first", "alone", "nightly"].includes(node.id));
  const isIn = ({ x, y }: { x: number; y: number }) =>
    others.some((of) => Math.abs(x - of.x) < nodeSize.width / 2 && Math.abs(y - of.y) < nodeSize.height / 2);
  expect(line?.points.filter(isIn)).toEqual([]);
  // Filters keep the environment around what is found, and what is beside it.
  const names = (text: string) => shapeOf(graph, { text, only: "all" }).nodes.map(({ name }) => name);
  expect(names("put")).toEqual(["jobs.first", "jobs.second", "jobs.alone", "store.put"]);
  expect(names("alone")).toEqual(["jobs.alone", "store.put"]);
  expect(shapeOf(graph, { text: "", only: "apps" })).toMatchObject({ environments: [], edges: [] });
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

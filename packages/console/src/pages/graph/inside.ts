import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import { arrange, type Arranged, type Ends, type Piece } from "./arrange.ts";
import type { Box } from "./units.ts";

/** Points at the left and the right of a box, through which lines from and to the outside go: so they pass by other tasks. */
export const gates = { arriving: "(arriving)", leaving: "(leaving)" } as const;

/** Arranges what is in a box. */
export function arrangeInside(box: Box, pieceOf: (node: GraphNodeMessage) => Piece, isTall: boolean): Arranged {
  const lines = [
    ...box.edges,
    ...box.arriving.map((to) => ({ from: gates.arriving, to })),
    ...box.leaving.map((from) => ({ from, to: gates.leaving })),
  ];
  const used = new Set(lines.flatMap(({ from, to }) => [from, to]));
  const points = Object.values(gates)
    .filter((id) => used.has(id))
    .map((id) => ({ id, width: 1, height: 1 }));
  return arrange([...box.members.map(pieceOf), ...points], [...lines, ...bounds(lines, used)], isTall);
}

/** Keeps the gates outermost: weak lines from the one to all that nothing leads to, and to the other from all that lead nowhere. */
function bounds(lines: readonly Ends[], used: ReadonlySet<string>): readonly Ends[] {
  const [led, leading] = [new Set(lines.map(({ to }) => to)), new Set(lines.map(({ from }) => from))];
  const [firsts, lasts] = [[...used].filter((id) => !led.has(id)), [...used].filter((id) => !leading.has(id))];
  const before = firsts.map((to) => ({ from: gates.arriving, to, isWeak: true }));
  const after = lasts.map((from) => ({ from, to: gates.leaving, isWeak: true }));
  return [
    ...(used.has(gates.arriving) ? before.filter(({ to }) => to !== gates.arriving) : []),
    ...(used.has(gates.leaving) ? after.filter(({ from }) => from !== gates.leaving) : []),
  ];
}

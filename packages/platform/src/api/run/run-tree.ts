import { actionPhase } from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";

interface Node {
  readonly parent: string | undefined;
  phase: number;
  revision: number;
  /** Of its children: how many are in which phase. */
  counts: Map<number, number> | undefined;
  matches: boolean;
  /** The number of matching actions below it. */
  matchingBelow: number;
  /** True if the watcher was last told to show it. */
  shown: boolean;
}

/**
 * A watcher's knowledge of a run's actions: enough to tell which changes are new to it, how many children are in
 * which phase, and what to show of a filtered tree. An action is shown if it matches, or one below it does.
 */
export class RunTree {
  readonly #nodes = new Map<string, Node>();
  readonly #matches: (action: ActionRecord) => boolean;
  /** Actions of which the watcher is to hear. */
  readonly #touched = new Set<string>();

  constructor(matches: (action: ActionRecord) => boolean) {
    this.#matches = matches;
  }

  /** Takes an action as it is now; one that is known as new or newer is ignored. */
  update(action: ActionRecord): void {
    const name = action.id.action;
    const before = this.#nodes.get(name);
    if (before !== undefined && before.revision >= action.revision) return;
    const node = before ?? this.#add(action);
    this.#count(node, before?.phase, actionPhase(action.phase));
    node.revision = action.revision;
    const matches = this.#matches(action);
    if (matches !== node.matches) {
      node.matches = matches;
      this.#matchedBelow(node, matches ? 1 : -1);
    }
    this.#touched.add(name);
  }

  /**
   * The actions (of `among`, if it is given) of which the watcher is to hear, and whether they are to be shown; each is
   * then as told.
   */
  takeTouched(
    among?: ReadonlyMap<string, unknown>,
  ): { readonly name: string; readonly isShown: boolean; readonly counts: Record<number, number> }[] {
    const names =
      among === undefined ? [...this.#touched] : [...among.keys()].filter((name) => this.#touched.has(name));
    return names.flatMap((name) => {
      this.#touched.delete(name);
      const node = this.#nodes.get(name);
      if (node === undefined) return [];
      const isShown = node.matches || node.matchingBelow > 0;
      const wasShown = node.shown;
      node.shown = isShown;
      return isShown || wasShown ? [{ name, isShown, counts: Object.fromEntries(node.counts ?? []) }] : [];
    });
  }

  #add(action: ActionRecord): Node {
    const node: Node = {
      parent: action.parent,
      phase: 0,
      revision: -1,
      counts: undefined,
      matches: false,
      matchingBelow: 0,
      shown: false,
    };
    this.#nodes.set(action.id.action, node);
    return node;
  }

  /** Counts a child in its parent. */
  #count(node: Node, before: number | undefined, now: number): void {
    node.phase = now;
    const parent = node.parent === undefined ? undefined : this.#nodes.get(node.parent);
    if (parent === undefined || before === now) return;
    parent.counts ??= new Map();
    if (before !== undefined) add(parent.counts, before, -1);
    add(parent.counts, now, 1);
    this.#touched.add(node.parent ?? "");
  }

  #matchedBelow(node: Node, change: number): void {
    for (let name = node.parent; name !== undefined; name = this.#nodes.get(name)?.parent) {
      const ancestor = this.#nodes.get(name);
      if (ancestor === undefined) return;
      const had = ancestor.matchingBelow > 0;
      ancestor.matchingBelow += change;
      if (had !== ancestor.matchingBelow > 0) this.#touched.add(name);
    }
  }
}

function add(counts: Map<number, number>, phase: number, change: number): void {
  const count = (counts.get(phase) ?? 0) + change;
  if (count === 0) counts.delete(phase);
  else counts.set(phase, count);
}

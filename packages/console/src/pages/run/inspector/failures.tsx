import type { JSX } from "preact";
import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { Text } from "../../../parts/text.tsx";
import { labelOf } from "../rows.ts";

/** Maximum failures that are named. */
const named = 5;

/** The actions below a failed one that failed first, each a way to its error. */
export function Failures({
  action,
  tree,
  choose,
}: {
  readonly action: LiveAction;
  readonly tree: ActionTree;
  readonly choose: (name: string) => void;
}): JSX.Element | null {
  const found = failuresBelow(tree, action.name);
  if (found.length === 0) return null;
  return (
    <section>
      <h3>Failed below</h3>
      <ul class="plain-list">
        {found.slice(0, named).map((each) => (
          <li key={each.name}>
            <button type="button" class="plain link" onClick={() => choose(each.name)}>
              <Text of={labelOf(each, tree)} />
            </button>
          </li>
        ))}
        {found.length > named ? <li class="quiet">and {found.length - named} more</li> : null}
      </ul>
    </section>
  );
}

/** Failed actions below one with no failure below themselves, the first to fail first. */
function failuresBelow(tree: ActionTree, name: string): readonly LiveAction[] {
  const failed = [...tree.failed].flatMap((each) => tree.get(each) ?? []);
  const above = new Set(failed.map(({ parent }) => parent));
  return failed
    .filter((each) => !above.has(each.name) && isBelow(tree, each, name))
    .toSorted((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0));
}

function isBelow(tree: ActionTree, action: LiveAction, name: string): boolean {
  for (let parent = action.parent; parent !== ""; parent = tree.get(parent)?.parent ?? "") {
    if (parent === name) return true;
  }
  return false;
}

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { ActionPhaseNumber } from "@appenv/protocol/tasks";
import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { ChangeButton } from "../../../parts/change-button.tsx";
import { CopyButton } from "../../../parts/notice.tsx";
import { Phase } from "../../../parts/phase.tsx";
import { Text } from "../../../parts/text.tsx";
import { Took } from "../../../parts/time.tsx";
import { pathOf, type Name } from "../../../route/names.ts";
import { abortAction } from "../abort.ts";
import { isTerminal } from "../phases.ts";
import { RerunDialog } from "../rerun-dialog.tsx";
import { labelOf } from "../rows.ts";

/** The name of an action, how it stands, and what can be done with it. */
export function InspectorHead({
  run,
  action,
  tree,
  choose,
  children,
}: {
  readonly run: Name;
  readonly action: LiveAction;
  readonly tree: ActionTree;
  readonly choose: (name: string) => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const rerun = useSignal(false);
  const { name, phase, startedAt, endedAt } = action;
  const ended = isTerminal(phase);
  const parent = tree.get(action.parent);
  const label = labelOf(action, tree);
  return (
    <header>
      {parent === undefined ? null : (
        <p class="above">
          called by{" "}
          <button type="button" class="plain link" onClick={() => choose(parent.name)}>
            <Text of={labelOf(parent, tree)} />
          </button>
        </p>
      )}
      <h2>
        <Text of={label} />
      </h2>
      <p class="facts">
        <Phase of={phase} />
        <span class="hash" title="The action's own name, for commands and programs">
          <code>
            <Text of={name} />
          </code>
          <CopyButton text={() => name} what="the action's name" />
        </span>
        {phase === ActionPhaseNumber.RECOVERED ? <Kept tree={tree} /> : null}
        <Took from={startedAt} to={ended ? endedAt : undefined} />
        {ended || name === "a0" ? null : (
          <ChangeButton class="small danger" onClick={() => void abortAction(run, name)}>
            Abort this action
          </ChangeButton>
        )}
        {name !== "a0" && isTerminal(tree.root?.status?.phase) ? (
          <ChangeButton class="small" onClick={() => (rerun.value = true)}>
            Rerun from here
          </ChangeButton>
        ) : null}
      </p>
      {children}
      {rerun.value ? <RerunDialog run={run} from={{ name, label }} onClose={() => (rerun.value = false)} /> : null}
    </header>
  );
}

function Kept({ tree }: { readonly tree: ActionTree }): JSX.Element | null {
  const related = tree.root?.metadata?.relation?.relatedTo;
  if (related === undefined) return null;
  return (
    <span>
      kept from{" "}
      <a href={pathOf("runs", related)}>
        <Text of={related.name} />
      </a>
    </span>
  );
}

import { Fragment, type JSX } from "preact";
import { ActionPhaseNumber, type ExplainedAction, type QueueWait } from "@appenv/protocol/tasks";
import { explanations } from "../../../api/clients.ts";
import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { now } from "../../../live/clock.ts";
import { useData } from "../../../live/use-data.ts";
import { Text } from "../../../parts/text.tsx";
import { exact } from "../../../parts/time.tsx";
import { actionPath, pathOf, type Name } from "../../../route/names.ts";
import { isTerminal } from "../phases.ts";
import { labelOf } from "../rows.ts";

const named = 3;
/** The reason may change while the phase does not: it is asked for this often, in milliseconds. */
const pauseMs = 3_000;

/** What an action waits for, in words; nothing if it does not wait. */
export function Waiting({
  run,
  action,
  tree,
}: {
  readonly run: Name;
  readonly action: LiveAction;
  readonly tree: ActionTree;
}): JSX.Element | null {
  const { name, phase, attempts } = action;
  const asks = action.kind === "task" && !isTerminal(phase);
  const turn = asks ? Math.floor(now.value / pauseMs) : 0;
  const { value } = useData(
    async (signal) => (asks ? readReason(run, name, signal) : undefined),
    `${name} ${phase} ${attempts} ${turn}`,
  );
  const text = isTerminal(phase) ? undefined : value?.waitsFor || waitsFor(action, tree);
  return text === undefined ? null : (
    <p class="notice">
      <Text of={text} />
      {value?.waitsIn === undefined ? null : <QueueLinks place={run} wait={value.waitsIn} />}
    </p>
  );
}

/** The ways to the queue that an action waits in, and to the actions that have its places. */
function QueueLinks({ place, wait }: { readonly place: Name; readonly wait: QueueWait }): JSX.Element {
  return (
    <>
      {" "}
      <a href={pathOf("queues", { ...place, name: wait.queue })}>Queue</a>
      {wait.running.map(({ run, action }) => (
        <Fragment key={`${run}/${action}`}>
          {", "}
          <a href={actionPath({ ...place, name: run }, action)}>
            <Text of={run} />
          </a>
        </Fragment>
      ))}
    </>
  );
}

async function readReason(
  { project, domain, name: run }: Name,
  action: string,
  signal: AbortSignal,
): Promise<ExplainedAction | undefined> {
  const { actions } = await explanations.explainActions({ project, domain, run, actions: [action] }, { signal });
  return actions[0];
}

function waitsFor({ name, kind, phase, until }: LiveAction, tree: ActionTree): string | undefined {
  if (kind === "condition") return "It waits for an answer.";
  if (kind === "event") return "It waits for this event.";
  if (until !== undefined) return `It sleeps until ${exact(until)}.`;
  if (phase === ActionPhaseNumber.INITIALIZING) return "Its worker starts.";
  const open: LiveAction[] = [];
  let more = 0;
  for (const child of tree.childrenOf(name)) {
    const action = tree.get(child);
    if (action === undefined || isTerminal(action.phase)) continue;
    if (open.length < named) open.push(action);
    else more += 1;
  }
  if (open.length === 0) return undefined;
  const names = open.map((each) => labelOf(each, tree)).join(", ");
  return `It waits for ${names}${more > 0 ? ` and ${more} more` : ""}, or works beside them.`;
}

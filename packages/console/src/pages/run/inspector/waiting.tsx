import type { JSX } from "preact";
import { ActionPhaseNumber } from "@appenv/protocol/tasks";
import type { LiveAction } from "../../../live/actions.ts";
import { Text } from "../../../parts/text.tsx";
import { isTerminal } from "../phases.ts";
import { labelOf } from "../rows.ts";

const named = 3;

/** What an action waits for, in words; nothing if it does not wait. */
export function Waiting({
  action,
  all,
}: {
  readonly action: LiveAction;
  readonly all: ReadonlyMap<string, LiveAction>;
}): JSX.Element | null {
  const text = waitsFor(action, all);
  return text === undefined ? null : (
    <p class="notice">
      <Text of={text} />
    </p>
  );
}

function waitsFor({ name, message }: LiveAction, all: ReadonlyMap<string, LiveAction>): string | undefined {
  const phase = message.status?.phase;
  if (isTerminal(phase)) return undefined;
  if (message.metadata?.spec.case === "condition") return "It waits for an answer.";
  if (phase === ActionPhaseNumber.QUEUED)
    return "It waits for its turn: for a worker, or for a place within its limits.";
  if (phase === ActionPhaseNumber.WAITING_FOR_RESOURCES) return "It waits for room on the machine.";
  if (phase === ActionPhaseNumber.INITIALIZING) return "Its worker starts.";
  const open = [...all.values()].filter(
    (each) => each.message.metadata?.parent === name && !isTerminal(each.message.status?.phase),
  );
  if (open.length === 0) return undefined;
  const names = open.slice(0, named).map(labelOf).join(", ");
  return `It waits for ${names}${open.length > named ? ` and ${open.length - named} more` : ""}, or works beside them.`;
}

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ExplainedAction } from "@appenv/protocol/tasks";
import { explanations } from "../api/clients.ts";
import type { Name } from "../route/names.ts";
import type { LiveAction } from "./action-tree.ts";

/** Maximum actions in one question, as the platform has it. */
const mostAsked = 200;
/** Maximum answers that a page keeps. */
const mostKept = 2_000;
/** Actions that come in sight within this time are one question, in milliseconds. */
const pauseMs = 120;

interface Answer {
  /** The state of the action that it was asked in. */
  readonly key: string;
  readonly action: ExplainedAction | undefined;
}

/** The times of the actions in sight, each asked for once in each of its phases. */
export function useExplained(
  run: Name,
  shown: readonly LiveAction[],
): ReadonlyMap<string, { readonly action: ExplainedAction | undefined }> {
  const answers = useSignal<ReadonlyMap<string, Answer>>(new Map());
  const busy = useRef(false);
  const missing = shown.filter((action) => answers.value.get(action.name)?.key !== keyOf(action)).slice(0, mostAsked);
  const ask = async (stop: AbortSignal): Promise<void> => {
    if (busy.current || missing.length === 0) return;
    busy.current = true;
    const actions = missing.map(({ name }) => name);
    try {
      const { project, domain, name } = run;
      const found = await explanations.explainActions({ project, domain, run: name, actions }, { signal: stop });
      const byName = new Map(found.actions.map((action) => [action.action, action]));
      const next = new Map(answers.value);
      for (const action of missing) {
        next.delete(action.name);
        next.set(action.name, { key: keyOf(action), action: byName.get(action.name) });
      }
      answers.value = next.size > mostKept ? new Map([...next].slice(-mostKept)) : next;
    } catch {
      // The bars stay as the list of actions tells them; the next change asks again.
    } finally {
      busy.current = false;
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void ask(stop.signal), pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [missing.map((action) => `${action.name} ${keyOf(action)}`).join()]);
  return answers.value;
}

function keyOf({ phase, attempts }: LiveAction): string {
  return `${phase} ${attempts}`;
}

import type { RunAction } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import { toActionIdentifier, type ExplainedAction } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { hasSucceeded, isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";

/** The reasons why actions stand as they do, by the actions' names. */
export type Reasons = ReadonlyMap<string, string>;

/** Maximum actions in one question, as the platform has it. */
const mostAsked = 200;
/** Maximum actions whose details are asked for one by one, of a Flyte cluster. */
const mostDetails = 20;

/**
 * Tells, as texts, why actions failed or were aborted, what they wait for, and what conditions ask. Those that succeeded or
 * run have none. A Flyte cluster tells why the first 20 failed.
 */
export async function readReasons(
  controlPlane: ControlPlane,
  run: RunId,
  actions: readonly RunAction[],
): Promise<Reasons> {
  const asked = actions.filter(({ phase }) => !hasSucceeded(phase));
  if (!controlPlane.embedded) return readFailures(controlPlane, run, asked);
  const reasons = new Map<string, string>();
  for (let from = 0; from < asked.length; from += mostAsked) {
    const names = asked.slice(from, from + mostAsked).map(({ name }) => name);
    const request = { project: run.project, domain: run.domain, run: run.run, actions: names };
    const { actions: found } = await taskApi(controlPlane).explanations.explainActions(request);
    for (const action of found) if (reasonOf(action) !== "") reasons.set(action.action, reasonOf(action));
  }
  return reasons;
}

/** Tells why runs failed or wait, by their names. A Flyte cluster does not tell that of a list. */
export async function readRunReasons(controlPlane: ControlPlane, runs: readonly RunId[]): Promise<Reasons> {
  const reasons = new Map<string, string>();
  if (!controlPlane.embedded) return reasons;
  for (let from = 0; from < runs.length; from += mostAsked) {
    const names = runs.slice(from, from + mostAsked).map(({ run }) => run);
    const { project, domain } = controlPlane;
    const { actions } = await taskApi(controlPlane).explanations.explainActions({ project, domain, runs: names });
    for (const action of actions) if (reasonOf(action) !== "") reasons.set(action.run, reasonOf(action));
  }
  return reasons;
}

function reasonOf({ error, waitsFor, prompt }: ExplainedAction): string {
  return error || waitsFor || prompt;
}

async function readFailures(controlPlane: ControlPlane, run: RunId, asked: readonly RunAction[]): Promise<Reasons> {
  const failed = asked.filter(({ phase }) => isFinal(phase)).slice(0, mostDetails);
  const found = await Promise.all(
    failed.map(async ({ name }) => {
      const actionId = toActionIdentifier({ ...run, action: name });
      const { details } = await taskApi(controlPlane).runs.getActionDetails({ actionId });
      const { code = "", message = "" } = (details && readAction(details).failure) ?? {};
      return [name, code === "" ? message : `${code}: ${message}`] as const;
    }),
  );
  return new Map(found.filter(([, text]) => text !== ""));
}

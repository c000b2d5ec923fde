import type { Run } from "@appenv/client/tasks";

/** Names as the platform makes them: there is nothing to look up. */
const own = /^(a0|[a-z0-9]{20,30})$/;

/**
 * The name of the action of a run that a text means: `weigh#2` is its second `weigh`.
 *
 * @throws AppEnvError NOT_FOUND naming the nearest one, INVALID_INPUT if it may be one of several.
 */
export async function actionNamed(run: Run, text: string): Promise<string> {
  if (own.test(text)) return text;
  const { findAction } = await import("@appenv/client/tasks");
  return findAction(run.name, await run.actions(), text);
}

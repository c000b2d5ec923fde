import { Code, ConnectError } from "@connectrpc/connect";
import type { ActionState, RunName, State } from "./state.ts";

/** The run of an identifier. @throws ConnectError InvalidArgument. */
export function runOf(
  run: { readonly project: string; readonly domain: string; readonly name: string } | undefined,
): RunName {
  if (run === undefined) throw new ConnectError("run_id is required", Code.InvalidArgument);
  return { project: run.project, domain: run.domain, name: run.name };
}

/** An action. @throws ConnectError NotFound. */
export function find(state: State, run: Parameters<typeof runOf>[0], name: string): ActionState {
  const found = state.get(runOf(run), name);
  if (found === undefined) throw new ConnectError(`action ${name} not found`, Code.NotFound);
  return found;
}

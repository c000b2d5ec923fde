import { AppEnvError } from "@appenv/core";
import { fillInputs } from "@appenv/protocol/tasks";
import { tooLarge } from "../attempts/retry-decision.ts";
import type { NewRun } from "../contracts/runs.ts";
import type { EngineContext } from "../live/context.ts";
import type { Payload } from "../objects/objects.ts";
import type { RerunRow } from "../store/rerun-table.ts";

/**
 * The differences that a request asks for between its run and the one that it recovers, with large inputs on disk.
 *
 * @param recovers - The run to recover, by its row.
 * @throws AppEnvError NOT_FOUND, INVALID_INPUT, PAYLOAD_TOO_LARGE.
 */
export async function readDifferences(
  context: EngineContext,
  recovers: number,
  { rerunFrom, recover = "" }: NewRun,
): Promise<readonly RerunRow[]> {
  if (rerunFrom === undefined) return [];
  const { actions, inputs } = rerunFrom;
  for (const name of inputs.keys()) {
    if (!actions.includes(name))
      throw invalid(`'${name}' has other inputs, and is none of the actions that run again.`);
  }
  return Promise.all(
    [...new Set(actions)].map(async (action) => {
      const row = context.store.actions.byName(recovers, action);
      if (row === undefined)
        throw new AppEnvError("NOT_FOUND", `There is no action '${action}' in the run '${recover}'.`);
      const given = inputs.get(action);
      const payload = given === undefined ? undefined : await stored(context, action, row, given);
      return { action, again: true, inputs: payload };
    }),
  );
}

async function stored(
  context: EngineContext,
  action: string,
  row: Readonly<Record<string, unknown>>,
  given: Uint8Array,
): Promise<Payload> {
  const definition =
    row["task"] === null ? undefined : context.store.tasks.byId(Number(row["task"]))?.record.definition;
  if (definition === undefined) throw invalid(`'${action}' is no action of a task, so it has no inputs to change.`);
  if (row["parent"] === null) throw invalid(`The inputs of '${action}' are those of the run itself.`);
  const bytes = fillInputs(definition.interface, given);
  const { maxInlineBytes } = definition.settings;
  if (bytes.byteLength <= maxInlineBytes) return context.store.objects.put(bytes);
  throw new AppEnvError("PAYLOAD_TOO_LARGE", tooLarge(`The input of '${action}'`, bytes.byteLength, maxInlineBytes));
}

/** With the inputs that the recovered run itself had in place of others. */
export function withInherited(own: readonly RerunRow[], before: readonly RerunRow[]): readonly RerunRow[] {
  const all = new Map(own.map((row) => [row.action, row]));
  for (const { action, inputs } of before) {
    if (inputs !== undefined)
      all.set(action, { action, again: false, ...all.get(action), inputs: all.get(action)?.inputs ?? inputs });
  }
  return [...all.values()];
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_INPUT", message);
}

import { ActionPhaseNumber, type NamedLiteral, type RunSpec, type TaskIdentifier } from "@appenv/protocol/tasks";
import { data, runs, translator } from "../../api/clients.ts";
import type { Schema } from "../../parts/form/fields.ts";
import type { Name } from "../../route/names.ts";

/** A run that is to be started again, as it was started. */
export interface Rerunnable {
  readonly task: TaskIdentifier;
  readonly spec: RunSpec | undefined;
  readonly inputs: readonly NamedLiteral[];
  /** The form of the inputs of the run, or of the chosen action; without fields for a trace or a condition. */
  readonly form: Schema;
  /** True if something may have succeeded that is worth to be kept. */
  readonly hasNotSucceeded: boolean;
}

const recoverable: ReadonlySet<ActionPhaseNumber | undefined> = new Set([
  ActionPhaseNumber.FAILED,
  ActionPhaseNumber.TIMED_OUT,
  ActionPhaseNumber.ABORTED,
]);

/** Reads a run, and the form of its inputs or of those of one of its actions. */
export async function readRerunnable(run: Name, action: string, signal: AbortSignal): Promise<Rerunnable> {
  const [{ details }, { inputs }, form] = await Promise.all([
    runs.getRunDetails({ runId: run }, { signal }),
    data.getActionData({ actionId: { run, name: "a0" } }, { signal }),
    formOf(run, action, signal),
  ]);
  const { metadata, status } = details?.action ?? {};
  const task = metadata?.spec.case === "task" ? metadata.spec.value.id : undefined;
  if (task === undefined) throw new Error("The task of this run is not known any more.");
  return {
    task,
    spec: details?.runSpec,
    inputs: inputs?.literals ?? [],
    form,
    hasNotSucceeded: recoverable.has(status?.phase),
  };
}

async function formOf(run: Name, name: string, signal: AbortSignal): Promise<Schema> {
  const actionId = { run, name };
  const [{ details }, { inputs }] = await Promise.all([
    runs.getActionDetails({ actionId }, { signal }),
    data.getActionData({ actionId }, { signal }),
  ]);
  if (details?.spec.case !== "task") return {};
  const variables = details.spec.value.taskTemplate?.interface?.inputs;
  const request = { literals: inputs?.literals ?? [], ...(variables === undefined ? {} : { variables }) };
  const { json } = await translator.literalsToLaunchFormJson(request, { signal });
  return (json ?? {}) as Schema;
}

import type { Run } from "@appenv/client/tasks";
import type { Output } from "../output/output.ts";

/** Maximum length of inputs that are shown. */
const shownLength = 300;

/**
 * Says, after a run that failed, which of its actions did, where and with which inputs, and how to go on. What the run's own
 * error says already is left out: nothing is written if its first action failed by itself.
 */
export async function showFailure(run: Run, output: Output): Promise<void> {
  if (output.json || (run.phase !== "FAILED" && run.phase !== "TIMED_OUT")) return;
  const { actionLabels, firstFailure } = await import("@appenv/client/tasks");
  const actions = await run.actions();
  const failed = firstFailure(actions);
  if (failed === undefined || failed.parent === undefined) return;
  const label = actionLabels(actions).get(failed.name) ?? failed.name;
  const { failure } = await run.action(failed.name);
  output.note(`Failed action: ${label}${failure?.at === undefined ? "" : `, at ${failure.at}`}`);
  if (failed.kind === "task") output.note(`Its inputs: ${await inputsText(run, failed.name)}`);
  output.note(`All that failed: appenv get action ${run.name} --phase FAILED`);
  output.note(`Again from there: appenv rerun ${run.name} --from ${label}`);
}

async function inputsText(run: Run, action: string): Promise<string> {
  const { valueToJson } = await import("@appenv/client/tasks");
  const { inputs, interface: type } = await run.values(action);
  const any = { kind: "struct", jsonSchema: {} } as const;
  const given = Object.entries(inputs).map(([name, value]) => {
    const found = type?.inputs.find((input) => input.name === name);
    return [name, valueToJson(found?.type ?? any, value)] as const;
  });
  const text = JSON.stringify(Object.fromEntries(given));
  return text.length > shownLength ? `${text.slice(0, shownLength)} ... (appenv get io ${run.name} ${action})` : text;
}

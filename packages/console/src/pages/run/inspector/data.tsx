import type { JSX } from "preact";
import type { ActionPhaseNumber } from "@appenv/protocol/tasks";
import { data } from "../../../api/clients.ts";
import { plainValues } from "../../../api/values.ts";
import { useData } from "../../../live/use-data.ts";
import { FailureNotice } from "../../../parts/notice.tsx";
import { Values } from "../../../parts/values.tsx";
import { plainName, type Name } from "../../../route/names.ts";
import { isTerminal } from "../phases.ts";

/** Inputs and outputs of an action. */
export function Data({
  run,
  name,
  phase,
}: {
  readonly run: Name;
  readonly name: string;
  readonly phase: ActionPhaseNumber | undefined;
}): JSX.Element {
  const actionId = { run: plainName(run), name };
  const { value, failure } = useData((signal) => data.getActionData({ actionId }, { signal }), `${phase}`);
  const inputs = value?.inputs?.literals ?? [];
  const outputs = value?.outputs?.literals ?? [];
  return (
    <>
      <FailureNotice failure={failure} />
      <section>
        <h3>Inputs</h3>
        {inputs.length > 0 ? (
          <Values of={plainValues(inputs)} what="the inputs" />
        ) : (
          <p class="quiet">{value === undefined ? "…" : "None."}</p>
        )}
      </section>
      <section>
        <h3>Outputs</h3>
        {outputs.length > 0 ? (
          <Values of={plainValues(outputs)} what="the outputs" />
        ) : (
          <p class="quiet">{value === undefined ? "…" : isTerminal(phase) ? "None." : "None yet."}</p>
        )}
      </section>
    </>
  );
}

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ActionPhaseNumber, NamedLiteral } from "@appenv/protocol/tasks";
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
  const inputs = useMemo(() => valuesOf(value?.inputs?.literals), [value]);
  const outputs = useMemo(() => valuesOf(value?.outputs?.literals), [value]);
  return (
    <>
      <FailureNotice failure={failure} />
      <section>
        <h3>Inputs</h3>
        {inputs !== undefined ? (
          <Values of={inputs} what="the inputs" />
        ) : (
          <p class="quiet">{value === undefined ? "…" : "None."}</p>
        )}
      </section>
      <section>
        <h3>Outputs</h3>
        {outputs !== undefined ? (
          <Values of={outputs} what="the outputs" />
        ) : (
          <p class="quiet">{value === undefined ? "…" : isTerminal(phase) ? "None." : "None yet."}</p>
        )}
      </section>
    </>
  );
}

/** Values to be shown; undefined if there are none. They may be large, and are read once. */
function valuesOf(literals: readonly NamedLiteral[] = []): Record<string, unknown> | undefined {
  return literals.length === 0 ? undefined : plainValues(literals);
}

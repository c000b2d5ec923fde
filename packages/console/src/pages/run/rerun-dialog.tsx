import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { data, runs, translator } from "../../api/clients.ts";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { fieldsOf, filledIn, type Schema } from "../../parts/form/fields.ts";
import { SchemaForm } from "../../parts/form/schema-form.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { attempt, say } from "../../parts/toast.tsx";
import { go } from "../../route/location.ts";
import type { Name } from "../../route/names.ts";
import { hasFailed } from "./phases.ts";
import { startRun } from "./start.ts";

/** Starts a run again: with its inputs or other ones; after a failure it may keep what succeeded. */
export function RerunDialog({ run, onClose }: { readonly run: Name; readonly onClose: () => void }): JSX.Element {
  const { value, failure } = useData((signal) => readRun(run, signal), "");
  const texts = useRef(new Map<string, string>()).current;
  const busy = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  // So that `r` and Enter rerun it.
  useEffect(() => button.current?.focus(), [value === undefined]);
  const fields = useMemo(() => fieldsOf(value?.form ?? {}), [value?.form]);
  const send = async (recover: boolean): Promise<void> => {
    if (value === undefined || busy.value) return;
    let form: Schema;
    try {
      form = filledIn(value.form, fields, texts);
    } catch (error) {
      return say((error as Error).message, true);
    }
    busy.value = true;
    const started = await attempt(async () => {
      const path = await startRun({ task: value.task, form, from: { run, recover, spec: value.spec } });
      onClose();
      go(path);
    }, "");
    if (!started) busy.value = false;
  };
  return (
    <Dialog title={`Rerun ${run.name}`} onClose={onClose} wide>
      <FailureNotice failure={failure} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(false);
        }}
      >
        {value === undefined ? <p class="quiet">Reading its inputs …</p> : <SchemaForm fields={fields} texts={texts} />}
        <p class="buttons">
          <ChangeButton ref={button} type="submit" class="main" disabled={value === undefined || busy.value}>
            Rerun
          </ChangeButton>
          {value?.failed ? (
            <ChangeButton disabled={busy.value} onClick={() => void send(true)}>
              Recover: keep what succeeded
            </ChangeButton>
          ) : null}
        </p>
      </form>
    </Dialog>
  );
}

async function readRun(run: Name, signal: AbortSignal) {
  const [{ details }, { inputs }] = await Promise.all([
    runs.getRunDetails({ runId: run }, { signal }),
    data.getActionData({ actionId: { run, name: "a0" } }, { signal }),
  ]);
  const { metadata, spec, status } = details?.action ?? {};
  const task = metadata?.spec.case === "task" ? metadata.spec.value.id : undefined;
  if (task === undefined || spec?.case !== "task") throw new Error("The task of this run is not known any more.");
  const variables = spec.value.taskTemplate?.interface?.inputs;
  const request = { literals: inputs?.literals ?? [], ...(variables === undefined ? {} : { variables }) };
  const { json } = await translator.literalsToLaunchFormJson(request, { signal });
  return { task, spec: details?.runSpec, form: (json ?? {}) as Schema, failed: hasFailed(status?.phase) };
}

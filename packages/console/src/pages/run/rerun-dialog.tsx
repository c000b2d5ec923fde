import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { fieldsOf, filledIn, type Schema } from "../../parts/form/fields.ts";
import { SchemaForm } from "../../parts/form/schema-form.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { attempt, say } from "../../parts/toast.tsx";
import { go } from "../../route/location.ts";
import type { Name } from "../../route/names.ts";
import { readRerunnable, type Rerunnable } from "./read-rerun.ts";
import { startFrom, startRun } from "./start.ts";

/** An action of the run that is to run again, and its name for people. */
export interface RerunAction {
  readonly name: string;
  readonly label: string;
}

/**
 * Starts a run again, with its inputs or other ones: all of it, what did not succeed, or from an action on, whose inputs may
 * then be others.
 */
export function RerunDialog({
  run,
  from,
  onClose,
}: {
  readonly run: Name;
  readonly from?: RerunAction;
  readonly onClose: () => void;
}): JSX.Element {
  const { value, failure } = useData((signal) => readRerunnable(run, from?.name ?? "a0", signal), "");
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
      const path = await start(run, value, from, { form, recover, hasFields: fields.length > 0 });
      onClose();
      go(path);
    }, "");
    if (!started) busy.value = false;
  };
  return (
    <Dialog title={from === undefined ? `Rerun ${run.name}` : `Rerun from ${from.label}`} onClose={onClose} wide>
      <FailureNotice failure={failure} />
      {from === undefined ? null : (
        <p class="quiet">
          It and all that was asked for after it had ended runs again, in a new run. Everything else is kept.
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(false);
        }}
      >
        {value === undefined ? (
          <p class="quiet">Reading its inputs …</p>
        ) : (
          <SchemaForm fields={fields} texts={texts} place={run} />
        )}
        <p class="buttons">
          <ChangeButton ref={button} type="submit" class="main" disabled={value === undefined || busy.value}>
            {from === undefined ? "Rerun" : "Rerun from here"}
          </ChangeButton>
          {value?.hasNotSucceeded === true && from === undefined ? (
            <ChangeButton disabled={busy.value} onClick={() => void send(true)}>
              Recover: keep what succeeded
            </ChangeButton>
          ) : null}
        </p>
      </form>
    </Dialog>
  );
}

function start(
  run: Name,
  { task, spec, inputs }: Rerunnable,
  from: RerunAction | undefined,
  { form, recover, hasFields }: { readonly form: Schema; readonly recover: boolean; readonly hasFields: boolean },
): Promise<string> {
  if (from === undefined) return startRun({ task, form, from: { run, recover, spec } });
  return startFrom({ task, run, spec, inputs, action: from.name, form: hasFields ? form : undefined });
}

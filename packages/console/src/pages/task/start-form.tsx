import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { TaskIdentifier, TaskSpec } from "@appenv/protocol/tasks";
import { translator } from "../../api/clients.ts";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { fieldsOf, filledIn, type Schema } from "../../parts/form/fields.ts";
import { SchemaForm } from "../../parts/form/schema-form.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { attempt, say } from "../../parts/toast.tsx";
import { go } from "../../route/location.ts";
import { startRun, type NewRun } from "../run/start.ts";
import { readSettings, StartSettings, type SettingTexts } from "./start-settings.tsx";

/** A form from a task's schema that starts a run. */
export function StartForm({ task, spec }: { readonly task: TaskIdentifier; readonly spec: TaskSpec }): JSX.Element {
  const { value, failure } = useData(
    (signal) => translator.taskSpecToLaunchFormJson({ taskSpec: spec }, { signal }),
    task.version,
  );
  const form = (value?.json ?? {}) as Schema;
  const fields = useMemo(() => fieldsOf(form), [value?.json]);
  const texts = useRef(new Map<string, string>()).current;
  const settings = useRef<SettingTexts>({ begin: "", labels: "" }).current;
  const busy = useSignal(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    let run: NewRun;
    try {
      run = { task, form: filledIn(form, fields, texts), settings: readSettings(settings) };
    } catch (error) {
      return say((error as Error).message, true);
    }
    busy.value = true;
    await attempt(async () => go(await startRun(run)), "");
    busy.value = false;
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <FailureNotice failure={failure} />
      {value === undefined ? <p class="quiet">…</p> : <SchemaForm fields={fields} texts={texts} place={task} />}
      <StartSettings texts={settings} />
      <p class="buttons">
        <ChangeButton type="submit" class="main" disabled={busy.value || value === undefined}>
          Start
        </ChangeButton>
      </p>
    </form>
  );
}

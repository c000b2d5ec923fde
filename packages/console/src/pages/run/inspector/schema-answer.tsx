import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { LiteralType } from "@appenv/protocol/tasks";
import { translator } from "../../../api/clients.ts";
import { useData } from "../../../live/use-data.ts";
import { ChangeButton } from "../../../parts/change-button.tsx";
import { fieldsOf, valuesOf, type Schema } from "../../../parts/form/fields.ts";
import { SchemaForm } from "../../../parts/form/schema-form.tsx";
import { FailureNotice } from "../../../parts/notice.tsx";
import { say } from "../../../parts/toast.tsx";

/** The form's only input, for answers that are no object. */
const whole = "answer";

/** A form for an answer that is more than a number or a text. @param onAnswer - With the answer as a text that the platform reads. */
export function SchemaAnswer({
  type,
  busy,
  onAnswer,
}: {
  readonly type: LiteralType;
  readonly busy: boolean;
  readonly onAnswer: (text: string) => void;
}): JSX.Element {
  const { value, failure } = useData((signal) => readForm(type, signal), "");
  const fields = useMemo(() => fieldsOf(value ?? {}), [value]);
  const texts = useRef(new Map<string, string>()).current;
  const send = (event: Event): void => {
    event.preventDefault();
    try {
      const values = valuesOf(fields, texts);
      const answer = value === undefined || isWhole(value) ? values[whole] : values;
      onAnswer(typeof answer === "string" ? answer : (JSON.stringify(answer) ?? ""));
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <form onSubmit={send}>
      <FailureNotice failure={failure} />
      {value === undefined ? <p class="quiet">…</p> : <SchemaForm fields={fields} texts={texts} />}
      <p class="buttons">
        <ChangeButton type="submit" class="main" disabled={busy || value === undefined}>
          Send
        </ChangeButton>
      </p>
    </form>
  );
}

/** The form that the platform makes of a type: that of an object has its fields. */
async function readForm(type: LiteralType, signal: AbortSignal): Promise<Schema> {
  const inputs = { variables: [{ key: whole, value: { type } }] };
  const { json } = await translator.taskSpecToLaunchFormJson(
    { taskSpec: { taskTemplate: { interface: { inputs } } } },
    { signal },
  );
  const form = (json ?? {}) as Schema;
  const inner = (form["properties"] as Record<string, Schema> | undefined)?.[whole];
  return inner?.["type"] === "object" && "properties" in inner && inner["format"] !== "blob" ? inner : form;
}

function isWhole({ title }: Schema): boolean {
  return title === "Launch Form";
}

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Choices } from "../../../parts/choices.tsx";
import { valuesOf } from "../../../parts/form/fields.ts";
import { SchemaForm } from "../../../parts/form/schema-form.tsx";
import type { BodyForm } from "./operations.ts";
import type { Texts } from "./outgoing.ts";

/** A body as it was filled in: by its fields or as a text. Undefined: none is sent. */
export type BodyContent = { readonly form: BodyForm; readonly content: string | Texts } | undefined;

/** The fields of a body, or its text. */
export function BodyInput({
  bodies,
  onContent,
}: {
  readonly bodies: readonly BodyForm[];
  readonly onContent: (content: BodyContent) => void;
}): JSX.Element {
  const index = useSignal(0);
  const form = bodies[index.value] as BodyForm;
  return (
    <fieldset>
      <legend>Body{form.required ? "" : ", optional"}</legend>
      {bodies.length < 2 ? (
        <p class="quiet">{form.type}</p>
      ) : (
        <select aria-label="Type of the body" onInput={(event) => (index.value = event.currentTarget.selectedIndex)}>
          {bodies.map(({ type }) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      )}
      <OneBody key={form.type} form={form} onContent={onContent} />
    </fieldset>
  );
}

type Mode = "fields" | "text" | "none";

function OneBody({
  form,
  onContent,
}: {
  readonly form: BodyForm;
  readonly onContent: (content: BodyContent) => void;
}): JSX.Element {
  const hasFields = form.fields.length > 0;
  const isMultipart = form.type.startsWith("multipart/");
  const mode = useSignal<Mode>(hasFields ? "fields" : "text");
  const texts = useRef(new Map<string, string>());
  const text = useRef(form.text);
  useEffect(() => {
    if (mode.value === "none") onContent(undefined);
    else onContent({ form, content: mode.value === "fields" ? texts.current : text.current });
  }, [mode.value]);
  const modes: (readonly [Mode, string])[] = [
    ...(hasFields ? [["fields", "Fields"] as const] : []),
    ...(isMultipart && hasFields ? [] : [["text", "Text"] as const]),
    ...(form.required ? [] : [["none", "None"] as const]),
  ];
  const choose = (next: Mode): void => {
    if (next === "text" && mode.value === "fields") text.current = asText(form, texts.current);
    mode.value = next;
  };
  return (
    <>
      {modes.length < 2 ? null : <Choices label="Fill in" of={modes} chosen={mode.value} onChoose={choose} />}
      {mode.value === "fields" ? <SchemaForm fields={form.fields} texts={texts.current} /> : null}
      {mode.value === "text" ? (
        <textarea
          aria-label="Body"
          rows={8}
          spellcheck={false}
          defaultValue={text.current}
          onInput={(event) => {
            text.current = event.currentTarget.value;
            onContent({ form, content: text.current });
          }}
        />
      ) : null}
    </>
  );
}

/** Fields as the text that they are sent as, if they can be read. */
function asText({ type, fields, text }: BodyForm, texts: Texts): string {
  try {
    const values = valuesOf(fields, texts);
    if (!type.startsWith("application/x-www-form-urlencoded")) return JSON.stringify(values, undefined, 2);
    return new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();
  } catch {
    return text;
  }
}

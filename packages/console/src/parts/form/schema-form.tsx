import type { JSX } from "preact";
import { Text } from "../text.tsx";
import type { UploadScope } from "../../api/upload.ts";
import type { Field } from "./fields.ts";
import { FileInput } from "./file-input.tsx";

/** The fields of a task's inputs. */
export function SchemaForm({
  fields,
  texts,
  place,
}: {
  readonly fields: readonly Field[];
  /** Where files are uploaded to. Default: they are named by a path or URI. */
  readonly place?: UploadScope;
  /** What was filled in, by the names of fields; it is written to. */
  readonly texts: Map<string, string>;
}): JSX.Element {
  if (fields.length === 0) return <p class="quiet">It takes no inputs.</p>;
  return (
    <div class="fields">
      {fields.map((field) => (
        <label key={field.name}>
          <span class="field-name">
            <Text of={field.name} />{" "}
            <span class="quiet">
              {field.type}
              {field.required ? "" : ", optional"}
            </span>
          </span>
          <Control field={field} place={place} onText={(text) => texts.set(field.name, text)} />
          {field.description === "" ? null : (
            <span class="quiet">
              <Text of={field.description} />
            </span>
          )}
        </label>
      ))}
    </div>
  );
}

function Control({
  field,
  place,
  onText,
}: {
  readonly field: Field;
  readonly place: UploadScope | undefined;
  readonly onText: (text: string) => void;
}): JSX.Element {
  const { kind, schema, text } = field;
  const onInput = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onText(event.currentTarget.value);
  if (kind === "choice" || kind === "boolean") {
    const values = kind === "boolean" ? ["true", "false"] : (schema["enum"] as readonly unknown[]).map(String);
    return (
      <select onInput={onInput} defaultValue={text}>
        <option value="" selected={text === ""} />
        {values.map((value) => (
          <option key={value} value={value} selected={value === text}>
            {value}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "file" && place !== undefined) return <FileInput text={text} place={place} onText={onText} />;
  if (kind === "datetime") return <input type="datetime-local" step="1" defaultValue={text} onInput={onInput} />;
  if (kind === "number") {
    return (
      <input type="number" step={schema["type"] === "integer" ? 1 : "any"} defaultValue={text} onInput={onInput} />
    );
  }
  if (kind === "json" || text.includes("\n")) {
    return (
      <textarea
        rows={Math.min(Math.max(text.split("\n").length, 3), 12)}
        spellcheck={false}
        defaultValue={text}
        onInput={onInput}
      />
    );
  }
  return <input type="text" defaultValue={text} spellcheck={false} onInput={onInput} />;
}

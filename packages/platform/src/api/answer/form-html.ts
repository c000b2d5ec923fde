import { markOf, sampleOf } from "@appenv/protocol/values";
import { choicesOf, nameOf, placeOf, type AnswerField } from "./answer-form.ts";
import { escaped } from "./escaped.ts";

/** The texts that were filled in before, by the names of fields, and the mistake among them. */
export interface FilledIn {
  readonly given: URLSearchParams | undefined;
  /** Begins with the place of the field; empty: none. */
  readonly problem: string;
}

/** The fields of a form, with its button. */
export function formHtml(fields: readonly AnswerField[], filledIn: FilledIn): string {
  const [only] = fields;
  if (fields.length === 1 && only?.path.length === 0 && only.kind === "boolean") return yesOrNo(nameOf(only));
  const shown = fields.map((field) => fieldHtml(field, filledIn)).join("\n");
  return `${shown}<p class="buttons"><button>Send</button></p>`;
}

/** Two buttons, each of which is an answer. */
export function yesOrNo(name: string): string {
  const button = (value: string, word: string): string =>
    `<button name="${escaped(name)}" value="${value}">${word}</button>`;
  return `<p class="buttons">${button("true", "Yes")}${button("false", "No")}</p>`;
}

function fieldHtml(field: AnswerField, { given, problem }: FilledIn): string {
  const { schema, required } = field;
  const description = typeof schema["description"] === "string" ? schema["description"] : "";
  const isWrong = problem.startsWith(`${placeOf(field)} `) || problem.startsWith(`${placeOf(field)}[`);
  const id = escaped(nameOf(field));
  const attributes = [
    `name="${id}"`,
    ...(required && !field.nullable && field.kind !== "long text" && field.kind !== "text" ? ["required"] : []),
    ...(isWrong ? ['aria-invalid="true"'] : []),
    ...(description === "" ? [] : [`aria-describedby="about-${id}"`]),
  ].join(" ");
  const text = given?.get(nameOf(field)) ?? defaultText(field);
  const label = `${escaped(labelOf(field))}${required && !field.nullable ? "" : ' <span class="quiet">optional</span>'}`;
  const note = description === "" ? "" : `<span class="quiet" id="about-${id}">${escaped(description)}</span>`;
  if (field.kind === "boolean" && required)
    return `<fieldset><legend>${label}</legend>${radios(attributes, text)}${note}</fieldset>`;
  return `<label>${label} ${control(field, attributes, text)}${note}</label>`;
}

function labelOf({ path, schema }: AnswerField): string {
  if (path.length > 0) return path.join(" / ");
  return typeof schema["title"] === "string" ? schema["title"] : "Your answer";
}

function defaultText({ kind, schema }: AnswerField): string {
  const value = schema["default"];
  if (value === undefined || value === null)
    return kind === "choice" && "const" in schema ? String(schema["const"]) : "";
  return kind === "json" ? JSON.stringify(value) : String(value);
}

function radios(attributes: string, text: string): string {
  return [
    ["true", "Yes"],
    ["false", "No"],
  ]
    .map(
      ([value = "", word = ""]) =>
        `<label class="choice"><input type="radio" ${attributes} value="${value}"${text === value ? " checked" : ""}> ${word}</label>`,
    )
    .join("");
}

function control(field: AnswerField, attributes: string, text: string): string {
  const { kind, schema } = field;
  switch (kind) {
    case "boolean":
    case "choice":
      return select(field, attributes, text);
    case "integer":
    case "number": {
      const step = kind === "integer" ? "1" : "any";
      return `<input type="number" step="${step}" ${range(schema)} ${attributes} value="${escaped(text)}">`;
    }
    case "text": {
      const hint = markOf(schema) === "datetime" ? ' placeholder="2030-01-31T12:00:00Z"' : "";
      const type = inputTypes[String(schema["format"])] ?? "text";
      return `<input type="${type}"${hint} ${attributes} value="${escaped(text)}">`;
    }
    case "long text":
      return `<textarea rows="3" ${attributes}>${escaped(`\n${text}`)}</textarea>`;
    case "json": {
      const hint = escaped(`As JSON, such as ${JSON.stringify(sampleOf(schema))}`);
      return `<textarea rows="3" spellcheck="false" placeholder="${hint}" ${attributes}>${escaped(`\n${text}`)}</textarea>`;
    }
  }
}

const inputTypes: Readonly<Record<string, string>> = { email: "email", uri: "url", date: "date" };

function select(field: AnswerField, attributes: string, text: string): string {
  const words = field.kind === "boolean" ? ["true", "false"] : choicesOf(field).map(String);
  const options = ["", ...words].map((value) => {
    const word = field.kind === "boolean" ? { "": "", true: "Yes", false: "No" }[value] : value;
    return `<option value="${escaped(value)}"${value === text ? " selected" : ""}>${escaped(word ?? value)}</option>`;
  });
  return `<select ${attributes}>${options.join("")}</select>`;
}

/** The limits of JavaScript's whole numbers are none of a person's. */
function isShown(limit: unknown): limit is number {
  return typeof limit === "number" && Math.abs(limit) < 2 ** 53 - 1;
}

function range({ minimum, maximum }: AnswerField["schema"]): string {
  return `${isShown(minimum) ? `min="${minimum}"` : ""} ${isShown(maximum) ? `max="${maximum}"` : ""}`;
}

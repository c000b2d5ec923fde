import { valuesOf, type Field } from "../../../parts/form/fields.ts";
import type { BodyForm, Operation, ParameterPlace } from "./operations.ts";

/** A request as it is sent. */
export interface Outgoing {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The texts of a form, by the keys of its fields. */
export type Texts = ReadonlyMap<string, string>;

/** The request of an operation that was filled in. @throws SyntaxError naming the field whose JSON cannot be read. */
export async function outgoingOf(
  { method, path, parameters }: Operation,
  texts: Readonly<Record<ParameterPlace, Texts>>,
  body: { readonly form: BodyForm; readonly content: string | Texts } | undefined,
): Promise<Outgoing> {
  const valueOf = (place: ParameterPlace): readonly (readonly [string, string])[] =>
    parameters
      .filter((parameter) => parameter.place === place)
      .flatMap(({ field }) => pairsOf(field, texts[place].get(field.name)));
  const cookies = valueOf("cookie").map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const encoded = body === undefined ? undefined : await encodeBody(body.form, body.content);
  return {
    method,
    path: pathWith(path, valueOf("path"), valueOf("query")),
    headers: [
      ...valueOf("header").map(([name, value]) => ({ name, value })),
      ...(cookies.length === 0 ? [] : [{ name: "cookie", value: cookies.join("; ") }]),
      ...(encoded === undefined ? [] : [{ name: "content-type", value: encoded.type }]),
    ],
    body: encoded?.bytes ?? new Uint8Array(),
  };
}

/** A path with its parameters and a query. */
export function pathWith(
  template: string,
  parameters: readonly (readonly [string, string])[],
  query: readonly (readonly [string, string])[],
): string {
  const given = new Map(parameters);
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(given.get(name) ?? ""));
  const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The values of a field as texts: one for each item of a list, none if it was left empty. */
export function pairsOf(field: Field, text: string | undefined): readonly (readonly [string, string])[] {
  const value = valuesOf([field], new Map([[field.name, text ?? field.text]]))[field.name];
  if (value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => [field.name, typeof item === "object" ? JSON.stringify(item) : String(item)]);
}

async function encodeBody(
  { type, fields }: BodyForm,
  content: string | Texts,
): Promise<{ readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  if (typeof content === "string") return { type, bytes: new TextEncoder().encode(content) };
  const values = valuesOf(fields, content);
  const form = type.startsWith("multipart/") ? new FormData() : new URLSearchParams();
  if (form instanceof URLSearchParams && !type.startsWith("application/x-www-form-urlencoded")) {
    return { type, bytes: new TextEncoder().encode(JSON.stringify(values)) };
  }
  for (const [name, value] of Object.entries(values)) {
    form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  // It writes the boundary too.
  const response = new Response(form);
  return { type: response.headers.get("content-type") ?? type, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** The request as a command for a shell. @param needsKey - Has it send a key from the env var APPENV_API_KEY. */
export function curlOf({ method, path, headers, body }: Outgoing, endpoint: string, needsKey: boolean): string {
  const text = new TextDecoder().decode(body);
  return [
    `curl -X ${method} ${quoted(`${endpoint.replace(/\/$/, "")}${path}`)}`,
    ...(needsKey ? ['-H "authorization: Bearer $APPENV_API_KEY"'] : []),
    ...headers.map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body.length === 0 ? [] : [`--data-raw ${quoted(text)}`]),
  ].join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

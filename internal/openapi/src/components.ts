import { candidates, pointerStep } from "./component-names.ts";

/** A JSON schema as plain JSON. */
export type JsonSchema = Record<string, unknown>;

/** The direction a schema describes: values that come in, or values that go out. */
export type Direction = "input" | "output";

/** The reference to a schema in `$defs`, as JSON schemas write it. */
export function definitionRef(id: string): string {
  return `#/$defs/${pointerStep(id)}`;
}

/** The named schemas of a document. One name may stand for two forms, of a request and of a response. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>();
  /** By name, a schema and all it refers to as they were before renaming: equal texts are the same component. */
  readonly #texts: Map<string, string>;

  /** @param others - Names that stand for something else in the document. */
  constructor(others: Iterable<string> = []) {
    this.#texts = new Map(Array.from(others, (name) => [name, ""]));
  }

  /** Takes a schema's `$defs` into the document, and answers the schema with references to there. */
  take(schema: JsonSchema, direction: Direction): JsonSchema {
    const { $defs = {}, ...root } = schema as JsonSchema & { readonly $defs?: Record<string, JsonSchema> };
    const texts = new Map(Object.keys($defs).map((id) => [id, textOf(id, $defs)]));
    const names = new Map([...texts].map(([id, text]) => [definitionRef(id), this.#nameFor(id, text, direction)]));
    for (const [id, definition] of Object.entries($defs)) {
      this.#schemas.set(names.get(definitionRef(id))!, rename(definition, names));
    }
    return rename(root, names);
  }

  /** The schema in the document: a reference to it if it has a name (in `id`), else the schema itself. */
  reference(schema: JsonSchema, direction: Direction): JsonSchema {
    const { id, ...json } = schema;
    if (typeof id !== "string") return this.take(json, direction);
    const { $defs, ...root } = json as JsonSchema & { readonly $defs?: Record<string, JsonSchema> };
    return this.take({ $ref: definitionRef(id), $defs: { ...$defs, [id]: root } }, direction);
  }

  /** The schema itself, also if it has a name: where its properties are read, as for parameters. */
  inline(schema: JsonSchema, direction: Direction): JsonSchema {
    const { id: _, ...json } = schema;
    return this.take(json, direction);
  }

  /** All that were taken, by name. */
  schemas(): Record<string, JsonSchema> {
    return Object.fromEntries(this.#schemas);
  }

  #nameFor(id: string, text: string, direction: Direction): string {
    for (const name of candidates(id, direction === "input" ? "Input" : "Output")) {
      const known = this.#texts.get(name);
      if (known === undefined) this.#texts.set(name, text);
      if (known === undefined || known === text) return name;
    }
    return id;
  }
}

function textOf(id: string, definitions: Readonly<Record<string, JsonSchema>>): string {
  const reached = new Set([id]);
  let text = "";
  for (const next of reached) {
    const own = JSON.stringify(definitions[next]);
    text += `${next} ${own}\n`;
    for (const other of Object.keys(definitions))
      if (own.includes(JSON.stringify(definitionRef(other)))) reached.add(other);
  }
  return text;
}

function rename<T>(value: T, names: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => {
    const name = key === "$ref" && typeof item === "string" ? names.get(item) : undefined;
    return name === undefined ? item : `#/components/schemas/${name}`;
  }) as T;
}

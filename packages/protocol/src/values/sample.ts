import { alternatives, asSchema, isRecord, markOf, resolve, type Json, type Mark } from "./json-schema.ts";

/** Maximum depth to which objects in objects are shown; one that contains itself is not shown whole. */
const mostDepth = 8;
/** Maximum depth to which lists have an item: that of a list may be left out. */
const itemDepth = 2;

/** JSON that fits a schema in its types, to show people how a value is written: of the fields that must be there. */
export function sampleOf(schema: Json): unknown {
  return sample(schema, asSchema(schema), 0);
}

const samplesOfMarks: Readonly<Record<Mark, unknown>> = {
  datetime: "2030-01-31T12:00:00Z",
  bigint: 1,
  file: { path: "file.txt" },
  dir: { path: "directory" },
  undefined: null,
};

function sample(given: unknown, root: Json, depth: number): unknown {
  const schema = resolve(given, root);
  const mark = markOf(schema);
  if (mark !== undefined) return samplesOfMarks[mark];
  for (const known of ["default", "const"]) if (known in schema) return schema[known];
  for (const list of [schema["examples"], schema["enum"]]) if (Array.isArray(list) && list.length > 0) return list[0];
  const [first] = alternatives(schema) ?? [];
  if (first !== undefined) return sample(first, root, depth);
  const all = schema["allOf"];
  if (Array.isArray(all)) return Object.assign({}, ...all.map((part) => objectOf(sample(part, root, depth))));
  return sampleOfType(schema, root, depth);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function sampleOfType(schema: Json, root: Json, depth: number): unknown {
  const [type] = [schema["type"] ?? []].flat() as string[];
  switch (type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return numberOf(schema);
    case "string":
      return samplesOfFormats[String(schema["format"])] ?? "text";
    case "array":
      return depth < itemDepth && "items" in schema ? [sample(schema["items"], root, depth + 1)] : [];
    case "object":
      return depth < mostDepth ? sampleOfObject(schema, root, depth) : {};
    default:
      return null;
  }
}

const samplesOfFormats: Readonly<Record<string, string>> = {
  email: "ada@example.com",
  uri: "https://example.com",
  date: "2030-01-31",
  "date-time": "2030-01-31T12:00:00Z",
};

function numberOf({ minimum, maximum }: Json): number {
  if (typeof minimum === "number" && minimum > 1) return minimum;
  return typeof maximum === "number" && maximum < 1 ? maximum : 1;
}

function sampleOfObject(schema: Json, root: Json, depth: number): Record<string, unknown> {
  const properties = objectOf(schema["properties"]);
  const required = (schema["required"] as readonly string[] | undefined) ?? [];
  const shown = Object.keys(properties).filter((name) => required.includes(name));
  return Object.fromEntries(shown.map((name) => [name, sample(properties[name], root, depth + 1)]));
}

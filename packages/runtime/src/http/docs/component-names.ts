import { candidates } from "@appenv-internal/openapi/component-names";
import type { JsonObject } from "./document-parts.ts";

/** The components of a document: by kind, then by name. */
export type ComponentsByKind = Readonly<Record<string, JsonObject>>;

/**
 * A document whose components can be merged with those of others: one that has the name of a different component, or an
 * invalid name, gets a name of its own, and references to it follow.
 */
export function withOwnNames(document: JsonObject, others: ComponentsByKind): JsonObject {
  const components = (document["components"] ?? {}) as ComponentsByKind;
  const names = new Map<string, string>();
  // A component that refers to a renamed one changes too.
  for (let known = -1; known < names.size;) {
    known = names.size;
    for (const [kind, items] of Object.entries(components)) rename(kind, items, others[kind] ?? {}, names);
  }
  return names.size === 0 ? document : renamed(document, names);
}

const fields = /^[\w.-]+$/;

function rename(kind: string, items: JsonObject, others: JsonObject, names: Map<string, string>): void {
  for (const [name, item] of Object.entries(items)) {
    const isFree =
      !Object.hasOwn(others, name) || JSON.stringify(refersTo(item, names)) === JSON.stringify(others[name]);
    if (names.has(`${kind}/${name}`) || (fields.test(name) && isFree)) continue;
    const isTaken = (other: string): boolean =>
      Object.hasOwn(others, other) || Object.hasOwn(items, other) || [...names.values()].includes(`${kind}/${other}`);
    for (const other of candidates(name)) {
      if (isTaken(other)) continue;
      names.set(`${kind}/${name}`, `${kind}/${other}`);
      break;
    }
  }
}

function renamed(document: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const { components, ...rest } = refersTo(document, names) as JsonObject & { readonly components: ComponentsByKind };
  const kinds = Object.entries(components).map(([kind, items]) => {
    const entries = Object.entries(items).map(([name, item]) => {
      const other = names.get(`${kind}/${name}`)?.slice(kind.length + 1);
      return [other ?? name, item] as const;
    });
    return [kind, Object.fromEntries(entries)] as const;
  });
  return { ...rest, components: Object.fromEntries(kinds) };
}

const prefix = "#/components/";

/** References as they are written: the steps of a pointer escaped, or by a library that does not do so, as they are. */
function refersTo(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (names.size === 0) return value;
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => {
    if (key !== "$ref" || typeof item !== "string" || !item.startsWith(prefix)) return item;
    const written = item.slice(prefix.length);
    const plain = written.replaceAll("~1", "/").replaceAll("~0", "~");
    const other = names.get(written) ?? names.get(plain);
    return other === undefined ? item : prefix + other;
  });
}

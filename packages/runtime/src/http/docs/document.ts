import type { OpenApiDocument } from "@appenv/core";
import { withOwnNames } from "./component-names.ts";
import type { DocsOptions, DocumentParts, JsonObject } from "./document-parts.ts";
import { addPlatformParts } from "./platform-parts.ts";

/** The document of all that answers requests here, with what the platform itself adds. */
export async function mergeDocument(options: DocsOptions): Promise<OpenApiDocument> {
  // In the order in which they are asked for a request: where two say something, the first one is right.
  const parts = await Promise.all([...options.extensions, options.host].map((part) => part.openapi?.()));
  const documents = parts.filter((part) => part !== undefined);
  const { description } = options;
  const base: DocumentParts = {
    openapi: "3.1.1",
    info: { title: options.name, ...(description === undefined ? {} : { description }), version: "0.0.0" },
    paths: {},
    components: {},
  };
  // The host's info is about the app; an extension's is about the extension.
  const own = options.host.openapi === undefined ? undefined : parts.at(-1)?.["info"];
  const merged = { ...documents.reduce<DocumentParts>(merge, base), info: { ...base.info, ...(own as object) } };
  return addPlatformParts(merged, options) as OpenApiDocument;
}

function merge(first: DocumentParts, other: JsonObject): DocumentParts {
  const next = withOwnNames(other, first.components);
  return {
    ...next,
    ...first,
    paths: byKey(first.paths, next["paths"]),
    components: byKey(first.components, next["components"]),
    ...lists(first, next, "tags"),
  };
}

function byKey(first: Readonly<Record<string, JsonObject>>, next: unknown): Readonly<Record<string, JsonObject>> {
  const merged = { ...first };
  for (const [key, value] of Object.entries((next ?? {}) as Record<string, JsonObject>)) {
    merged[key] = { ...value, ...merged[key] };
  }
  return merged;
}

function lists(first: JsonObject, next: JsonObject, key: string): JsonObject {
  const items = [first[key], next[key]].flat().filter((item) => item !== undefined);
  return items.length === 0 ? {} : { [key]: items };
}

import type { OpenApiDocument } from "@appenv/core";
import type { DocsOptions } from "./index.ts";
import { withOwnNames } from "./component-names.ts";
import { addPlatformParts } from "./platform-parts.ts";

/** An object of JSON whose content is somebody else's matter. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A document while it is put together. */
export interface DocumentParts {
  readonly openapi: string;
  readonly info: JsonObject;
  /** By path, then by method. */
  readonly paths: Readonly<Record<string, JsonObject>>;
  /** By kind (`schemas`, `responses`, ...), then by name. */
  readonly components: Readonly<Record<string, JsonObject>>;
  readonly [other: string]: unknown;
}

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

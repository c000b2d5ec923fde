import type { AsyncApiDocument } from "@appenv/core";
import { withOwnNames, type ComponentsByKind } from "./component-names.ts";
import type { DocsOptions, JsonObject } from "./document-parts.ts";

const sections = ["channels", "operations"] as const;

/** The document of all sockets here: of what is mounted and of the app itself, each as it describes itself. */
export async function mergeAsyncapi(options: DocsOptions): Promise<AsyncApiDocument> {
  const parts = await Promise.all([...options.extensions, options.host].map((part) => part.asyncapi?.()));
  const documents = withOwnComponents(parts.filter((part) => part !== undefined));
  const { description } = options;
  const about = { title: options.name, ...(description === undefined ? {} : { description }), version: "0.0.0" };
  const merged: Record<string, unknown> = { ...documents[0], asyncapi: "3.0.0", info: about };
  for (const section of sections) merged[section] = first(documents.map((document) => document[section]));
  const components = componentsOf(documents);
  if (Object.keys(components).length > 0) merged["components"] = components;
  return merged as AsyncApiDocument;
}

/** In their order: a later one leaves the names of those before it alone. */
function withOwnComponents(documents: readonly AsyncApiDocument[]): readonly AsyncApiDocument[] {
  const done: AsyncApiDocument[] = [];
  for (const document of documents) {
    done.push(withOwnNames(document, componentsOf(done) as ComponentsByKind) as AsyncApiDocument);
  }
  return done;
}

function componentsOf(documents: readonly AsyncApiDocument[]): JsonObject {
  const all = documents.map((document) => (document["components"] ?? {}) as JsonObject);
  const kinds = new Set(all.flatMap((components) => Object.keys(components)));
  return Object.fromEntries([...kinds].map((kind) => [kind, first(all.map((components) => components[kind]))]));
}

/** Merges parts: of two with the same name the first one wins, as it does when requests are answered. */
function first(parts: readonly unknown[]): JsonObject {
  return Object.assign({}, ...parts.toReversed()) as JsonObject;
}

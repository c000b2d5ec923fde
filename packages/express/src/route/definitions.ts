import type { RouteDefinition } from "./definition.ts";

/** A definition with any schemas. */
export type AnyRouteDefinition = RouteDefinition;

/** By handler. Express keeps handlers as they are, so the document finds them again wherever they are mounted. */
const definitions = new WeakMap<object, AnyRouteDefinition>();

/** Remembers the definition of a handler. */
export function define(handler: object, definition: AnyRouteDefinition): void {
  definitions.set(handler, definition);
}

/** The definition of a handler that `route` made; undefined for any other. */
export function definitionOf(handler: object): AnyRouteDefinition | undefined {
  return definitions.get(handler);
}

import type { RouteDefinition } from "./definition.ts";

/** A definition, whatever its schemas are. */
export type AnyRouteDefinition = RouteDefinition;

/** By handler. Express keeps handlers as they are, so the document finds them again wherever they are mounted. */
const definitions = new WeakMap<object, AnyRouteDefinition>();

/** Remembers what a handler was made of. */
export function define(handler: object, definition: AnyRouteDefinition): void {
  definitions.set(handler, definition);
}

/** What a handler was made of, if by `route`. */
export function definitionOf(handler: object): AnyRouteDefinition | undefined {
  return definitions.get(handler);
}

/**
 * A value that Fastify keeps under a symbol of this description; undefined if this version keeps nothing there. For the
 * few things Fastify has no public way to ask for; callers must do without an answer.
 */
export function internal(instance: object, description: string): unknown {
  // A plugin's instance inherits from its parent.
  for (let holder: object | null = instance; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const key = Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
    if (key !== undefined) return (holder as Record<symbol, unknown>)[key];
  }
  return undefined;
}

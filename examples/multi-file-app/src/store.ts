import type { Item, User } from "./schemas.ts";

/** Users and items, in memory; a real app has a database here. */
export interface Store {
  readonly users: Map<number, User & { readonly passwordHash: string }>;
  readonly items: Map<number, Item>;
}

export function openStore(): Store {
  const ada = { id: 1, name: "Ada", passwordHash: "never sent, since no schema names it" };
  return { users: new Map([[1, ada]]), items: new Map([[1, { id: 1, name: "Engine", owner: 1 }]]) };
}

/** Adds something under the next id. */
export function add<T extends { readonly id: number }>(to: Map<number, T>, what: Omit<T, "id">): T {
  const added = { ...what, id: Math.max(0, ...to.keys()) + 1 } as T;
  to.set(added.id, added);
  return added;
}

import { it } from "vitest";

/** Registers a test of an ability the adapter declares. One it does not declare is no skipped test: there is none. */
export function whenAble(ability: boolean, name: string, test: () => Promise<void>): void {
  const register = ability ? it : undefined;
  register?.(name, test);
}

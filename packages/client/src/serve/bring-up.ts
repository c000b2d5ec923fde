import type { Environment } from "@appenv/core";
import { leftOut } from "./task-stages.ts";

/** What came of a plan; each in the plan's order. */
export interface BroughtUp<T> {
  readonly up: ReadonlyMap<Environment, T>;
  /** Why each failed. */
  readonly failed: ReadonlyMap<Environment, unknown>;
  /** Not begun, because something they depend on is not up. */
  readonly leftOut: readonly Environment[];
}

/** How one environment ended. */
type Ending<T> = { readonly value: T } | { readonly error: unknown } | typeof leftOut;

/** What a plan is brought up with. */
export interface Steps<T> {
  /** The environments that must be up before one is begun. */
  readonly waitsFor: (environment: Environment) => readonly Environment[];
  readonly begin: (environment: Environment) => Promise<T | typeof leftOut>;
  readonly leaveOut: (environment: Environment) => void;
}

/**
 * Brings up a plan: each environment when all it waits for is up, side by side otherwise. One that fails ends nothing
 * else. Resolves when nothing more can be brought up.
 */
export async function bringUp<T>(plan: readonly Environment[], steps: Steps<T>): Promise<BroughtUp<T>> {
  const begun = new Map<Environment, Promise<Ending<T>>>();
  for (const environment of plan) {
    const needed = steps.waitsFor(environment).flatMap((each) => begun.get(each) ?? []);
    begun.set(environment, bringUpAfter(environment, needed, steps));
  }
  const endings = await Promise.all(
    [...begun].map(async ([environment, ending]) => [environment, await ending] as const),
  );
  return {
    up: new Map(endings.flatMap(([each, end]) => (isUp(end) ? [[each, end.value] as const] : []))),
    failed: new Map(endings.flatMap(([each, end]) => (hasFailed(end) ? [[each, end.error] as const] : []))),
    leftOut: endings.flatMap(([each, end]) => (end === leftOut ? [each] : [])),
  };
}

async function bringUpAfter<T>(
  environment: Environment,
  needed: readonly Promise<Ending<T>>[],
  { begin, leaveOut }: Steps<T>,
): Promise<Ending<T>> {
  if (!(await Promise.all(needed)).every(isUp)) {
    leaveOut(environment);
    return leftOut;
  }
  try {
    const value = await begin(environment);
    return value === leftOut ? leftOut : { value };
  } catch (error) {
    return { error };
  }
}

function isUp<T>(ending: Ending<T>): ending is { readonly value: T } {
  return typeof ending === "object" && "value" in ending;
}

function hasFailed<T>(ending: Ending<T>): ending is { readonly error: unknown } {
  return typeof ending === "object" && "error" in ending;
}

import { type Environment, isEnvironment } from "@appenv/core";

/** The outcome of a plan; each in the plan's order. */
export interface BroughtUp<T> {
  readonly up: ReadonlyMap<Environment, T>;
  /** The errors of those that failed. */
  readonly failed: ReadonlyMap<Environment, unknown>;
  /** Environments that were not begun, because one that they depend on is not up. */
  readonly leftOut: readonly Environment[];
}

/** The outcome of one environment. */
type Outcome<T> = { readonly value: T } | { readonly error: unknown } | typeof leftOut;

/** The steps of bringing up each environment of a plan. */
export interface Steps<T> {
  /** The environments that must be up before one is begun. */
  readonly waitsFor: (environment: Environment) => readonly Environment[];
  readonly begin: (environment: Environment) => Promise<T | typeof leftOut>;
  readonly leaveOut: (environment: Environment) => void;
}

/**
 * Brings up a plan: each environment when all it waits for is up, side by side otherwise. One that fails stops no other.
 * Resolves when nothing more can be brought up.
 */
export async function bringUp<T>(plan: readonly Environment[], steps: Steps<T>): Promise<BroughtUp<T>> {
  const begun = new Map<Environment, Promise<Outcome<T>>>();
  for (const environment of plan) {
    const needed = steps.waitsFor(environment).flatMap((each) => begun.get(each) ?? []);
    begun.set(environment, bringUpAfter(environment, needed, steps));
  }
  const outcomes = await Promise.all(
    [...begun].map(async ([environment, outcome]) => [environment, await outcome] as const),
  );
  return {
    up: new Map(outcomes.flatMap(([each, outcome]) => (isUp(outcome) ? [[each, outcome.value] as const] : []))),
    failed: new Map(
      outcomes.flatMap(([each, outcome]) => (hasFailed(outcome) ? [[each, outcome.error] as const] : [])),
    ),
    leftOut: outcomes.flatMap(([each, outcome]) => (outcome === leftOut ? [each] : [])),
  };
}

async function bringUpAfter<T>(
  environment: Environment,
  needed: readonly Promise<Outcome<T>>[],
  { begin, leaveOut }: Steps<T>,
): Promise<Outcome<T>> {
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

function isUp<T>(outcome: Outcome<T>): outcome is { readonly value: T } {
  return typeof outcome === "object" && "value" in outcome;
}

function hasFailed<T>(outcome: Outcome<T>): outcome is { readonly error: unknown } {
  return typeof outcome === "object" && "error" in outcome;
}

/** In the place of an outcome: the environment was not brought up, because of another one. */
export const leftOut: unique symbol = Symbol("left out");

/** Registers the prepared tasks of several environments: all of them or none. */
type Register<T> = (prepared: readonly T[]) => Promise<void>;

/** Task environments that are registered together, once the last of them is prepared. */
class TaskStage<T> {
  readonly #missing: Set<Environment>;
  readonly #prepared: T[] = [];
  readonly #register: Register<T>;
  readonly #done = Promise.withResolvers<true | typeof leftOut>();

  constructor(environments: readonly Environment[], register: Register<T>) {
    this.#missing = new Set(environments);
    this.#register = register;
  }

  async arrive(environment: Environment, prepared: T): Promise<true | typeof leftOut> {
    this.#missing.delete(environment);
    this.#prepared.push(prepared);
    if (this.#missing.size > 0) return this.#done.promise;
    try {
      await this.#register(this.#prepared);
    } catch (error) {
      // The error is reported once, by the last environment; the others are left out.
      this.#done.resolve(leftOut);
      throw error;
    }
    this.#done.resolve(true);
    return true;
  }

  drop(): void {
    this.#done.resolve(leftOut);
  }
}

/**
 * The task environments of a plan in stages, each registered whole or not at all. An app that depends on tasks comes between
 * two stages: after its tasks, and before the tasks that depend on it.
 */
export class TaskStages<T> {
  readonly #numbers = new Map<Environment, number>();
  readonly #stages: ReadonlyMap<number, TaskStage<T>>;

  /** @param plan - With dependencies before what depends on them. */
  constructor(plan: readonly Environment[], register: Register<T>) {
    for (const environment of plan) this.#numbers.set(environment, this.#numberOf(environment));
    const tasks = Map.groupBy(plan.filter(isTasks), (environment) => this.#numbers.get(environment) ?? 0);
    this.#stages = new Map([...tasks].map(([number, members]) => [number, new TaskStage(members, register)]));
  }

  /** Registers the environment with the others of its stage. @throws as `register`, for the last one of the stage. */
  async arrive(environment: Environment, prepared: T): Promise<true | typeof leftOut> {
    return this.#stageOf(environment)?.arrive(environment, prepared) ?? leftOut;
  }

  /** Leaves out the environment's stage, since it cannot be registered whole. Without effect for an app. */
  drop(environment: Environment): void {
    this.#stageOf(environment)?.drop();
  }

  /** The environments that must be up first, without those of the same stage: these are registered together. */
  waitsFor(environment: Environment): readonly Environment[] {
    return environment.dependsOn.flatMap((each) => (this.#isBeside(environment, each) ? this.waitsFor(each) : [each]));
  }

  #isBeside(one: Environment, other: Environment): boolean {
    return isTasks(one) && isTasks(other) && this.#numbers.get(one) === this.#numbers.get(other);
  }

  #stageOf(environment: Environment): TaskStage<T> | undefined {
    return isTasks(environment) ? this.#stages.get(this.#numbers.get(environment) ?? 0) : undefined;
  }

  #numberOf(environment: Environment): number {
    const stages = environment.dependsOn.map(
      (each) => (this.#numbers.get(each) ?? 0) + (isTasks(each) && !isTasks(environment) ? 1 : 0),
    );
    return Math.max(0, ...stages);
  }
}

function isTasks(environment: Environment): boolean {
  return isEnvironment(environment, "task");
}

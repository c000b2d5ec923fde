import { isEnvironment, type Environment } from "@appenv/core";

/** Stands for an environment that was not brought up, because of another one. */
export const leftOut: unique symbol = Symbol("left out");

/** Registers the prepared tasks of several environments: all of them or none. */
type Register<T> = (prepared: readonly T[]) => Promise<void>;

/** Task environments that are registered together, when the last of them is prepared. */
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
      // It is said once, for the last one; the others share its fate.
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
 * The task environments of a plan, registered in one step, whole or not at all. An app that depends on tasks comes between
 * two steps: after its tasks, and before the tasks that depend on it.
 */
export class TaskStages<T> {
  readonly #numbers = new Map<Environment, number>();
  readonly #stages: ReadonlyMap<number, TaskStage<T>>;

  /** @param plan - What is depended on comes first. */
  constructor(plan: readonly Environment[], register: Register<T>) {
    for (const environment of plan) this.#numbers.set(environment, this.#numberOf(environment));
    const tasks = Map.groupBy(plan.filter(isTasks), (environment) => this.#numbers.get(environment) ?? 0);
    this.#stages = new Map([...tasks].map(([number, members]) => [number, new TaskStage(members, register)]));
  }

  /** Has the environment registered with the others of its step. @throws What `register` throws. */
  async arrive(environment: Environment, prepared: T): Promise<true | typeof leftOut> {
    return this.#stageOf(environment)?.arrive(environment, prepared) ?? leftOut;
  }

  /** The environment cannot be registered, so that none of its step is. Without effect for an app. */
  drop(environment: Environment): void {
    this.#stageOf(environment)?.drop();
  }

  /** The environments that must be up first, without those of the same step: these are registered together. */
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
    const steps = environment.dependsOn.map(
      (each) => (this.#numbers.get(each) ?? 0) + (isTasks(each) && !isTasks(environment) ? 1 : 0),
    );
    return Math.max(0, ...steps);
  }
}

function isTasks(environment: Environment): boolean {
  return isEnvironment(environment, "task");
}

import { AppEnvError } from "../errors/appenv-error.ts";
import { isEnvironment, type Environment } from "../environment/environment.ts";
import { invalidOption } from "../errors/invalid-option.ts";

/**
 * The environments and all they depend on, each after what it depends on.
 *
 * @throws AppEnvError DEPENDENCY_CYCLE showing the circle, DUPLICATE_NAME naming both files.
 */
export function plan(roots: readonly Environment[]): readonly Environment[] {
  const ordered: Environment[] = [];
  const open: Environment[] = [];
  for (const root of roots) visit(root, open, ordered);
  checkNames(ordered);
  return ordered;
}

/** The plan in steps: everything in one step depends only on earlier steps, so a step can come up side by side. */
export function planSteps(roots: readonly Environment[]): readonly (readonly Environment[])[] {
  const depth = new Map<Environment, number>();
  const steps: Environment[][] = [];
  for (const environment of plan(roots)) {
    const level = Math.max(-1, ...environment.dependsOn.map((needed) => depth.get(needed) ?? 0)) + 1;
    depth.set(environment, level);
    (steps[level] ??= []).push(environment);
  }
  return steps;
}

function visit(environment: Environment, open: Environment[], ordered: Environment[]): void {
  if (!isEnvironment(environment)) throw invalidOption("what to serve", environment, "an environment");
  if (ordered.includes(environment)) return;
  const start = open.indexOf(environment);
  if (start !== -1) {
    const circle = [...open.slice(start), environment].map(({ name }) => `'${name}'`).join(" -> ");
    throw new AppEnvError("DEPENDENCY_CYCLE", `The environments depend on one another in a circle: ${circle}.`);
  }
  open.push(environment);
  for (const needed of environment.dependsOn) visit(needed, open, ordered);
  open.pop();
  ordered.push(environment);
}

function checkNames(environments: readonly Environment[]): void {
  const byName = new Map<string, Environment>();
  for (const environment of environments) {
    const other = byName.get(environment.name);
    if (other !== undefined) {
      const files = [other, environment].map(({ declaredIn }) => declaredIn ?? "an unknown file").join(" and ");
      throw new AppEnvError("DUPLICATE_NAME", `Two environments are named '${environment.name}': in ${files}.`);
    }
    byName.set(environment.name, environment);
  }
}

import { AppEnvError, isEnvironment, type AppEnvironment, type Environment, type TaskEnvironment } from "@appenv/core";
import { taskEnvironments } from "@appenv/core/internal";

/** The exports of a module, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/**
 * The app environment of a name among a module's exports. They may also lie one level down, in an exported object
 * or list. Without a name there must be exactly one.
 *
 * @param name - The environment's own name, or the name it is exported under.
 * @throws AppEnvError NO_ENVIRONMENT or AMBIGUOUS_ENVIRONMENT, listing what is there.
 */
export function findEnvironment(module: ModuleExports, name: string | undefined, file: string): AppEnvironment {
  const found = environmentsIn(module, isApp);
  const distinct = [...new Set(found.values())];
  if (name !== undefined) {
    const match = distinct.find((environment) => environment.name === name) ?? found.get(name);
    if (match !== undefined) return match;
  }
  const names = distinct.map((environment) => `'${environment.name}'`).join(", ");
  const there = names === "" ? "it exports no app environment at all" : `it exports ${names}`;
  if (name !== undefined)
    throw new AppEnvError("NO_ENVIRONMENT", `${file} exports no app environment '${name}': ${there}.`);
  const [only] = distinct;
  if (only === undefined) throw new AppEnvError("NO_ENVIRONMENT", `${file} is no app: ${there}.`);
  if (distinct.length > 1)
    throw new AppEnvError("AMBIGUOUS_ENVIRONMENT", `${file} exports several environments: ${names}.`);
  return only;
}

/**
 * The task environment of a name: among a module's exports, or else made anywhere in the process, since a bundle need
 * not export an environment whose tasks are only called by others.
 *
 * @throws AppEnvError NO_ENVIRONMENT, listing what is there.
 */
export function findTaskEnvironment(module: ModuleExports, name: string, file: string): TaskEnvironment {
  const exported = [...environmentsIn(module, isTaskEnvironment).values()];
  const known = [...exported, ...taskEnvironments()];
  const match = known.find((environment) => environment.name === name);
  if (match !== undefined) return match;
  const names = [...new Set(known.map((environment) => `'${environment.name}'`))].join(", ");
  const there = names === "" ? "it has no task environment at all" : `it has ${names}`;
  throw new AppEnvError("NO_ENVIRONMENT", `${file} has no task environment '${name}': ${there}.`);
}

function environmentsIn<T extends Environment>(
  module: ModuleExports,
  fits: (value: unknown) => value is T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, value] of Object.entries(module)) {
    if (fits(value)) found.set(name, value);
    else for (const [inner, nested] of nestedValues(value)) if (fits(nested)) found.set(`${name}.${inner}`, nested);
  }
  return found;
}

/** Data properties only: reading an accessor of an exported object could run the app's code. */
function nestedValues(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value));
  return properties.filter(([, { enumerable }]) => enumerable).map(([name, property]) => [name, property.value]);
}

function isApp(value: unknown): value is AppEnvironment {
  return isEnvironment(value, "app");
}

function isTaskEnvironment(value: unknown): value is TaskEnvironment {
  return isEnvironment(value, "task");
}

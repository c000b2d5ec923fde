import { AppEnvError, isEnvironment, type TaskEnvironment, type TaskFunction } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";
import { loadEnvironments, type LoadedFile } from "./load-environments.ts";

/** One task of a file. */
export interface PickedTask {
  readonly task: TaskFunction;
  /** The source files it is made of, for watching. */
  readonly files: readonly string[];
}

/**
 * Runs a file and picks one of its tasks: by the name it is exported under, its own, or `environment.task`. Without a
 * name there must be only one.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT, NOT_FOUND.
 */
export async function pickTask(file: string, name?: string): Promise<PickedTask> {
  const loaded = await loadEnvironments(file);
  const tasks = tasksOf(loaded);
  if (tasks.length === 0) {
    throw new AppEnvError("NO_ENVIRONMENT", `${loaded.file} exports no task, and no environment that has one.`, {
      fix: "Export the task, for example `export const addOne = tasks.task({ ... }, ...)`.",
    });
  }
  return { task: name === undefined ? onlyOne(loaded, tasks) : named(loaded, tasks, name), files: loaded.files };
}

/** The exported tasks, and all of the exported environments. */
function tasksOf({ tasks, environments }: LoadedFile): readonly TaskFunction[] {
  const own = [...environments.values()].filter((environment) => isEnvironment(environment, "task"));
  return [...new Set([...tasks.values(), ...own.flatMap((found) => [...(found as TaskEnvironment).tasks.values()])])];
}

function onlyOne(loaded: LoadedFile, tasks: readonly TaskFunction[]): TaskFunction {
  const [first] = tasks;
  if (first !== undefined && tasks.length === 1) return first;
  throw ambiguous(`${loaded.file} has several tasks: ${list(tasks)}.`);
}

function named(loaded: LoadedFile, tasks: readonly TaskFunction[], name: string): TaskFunction {
  const exported = loaded.tasks.get(name);
  if (exported !== undefined) return exported;
  const matching = tasks.filter(({ taskName, fullName }) => taskName === name || fullName === name);
  const [first] = matching;
  if (first === undefined) {
    const names = [...loaded.tasks.keys(), ...tasks.flatMap(({ taskName, fullName }) => [taskName, fullName])];
    const message = `${loaded.file} has no task '${name}'; its tasks are ${list(tasks)}.${didYouMean(name, names)}`;
    throw new AppEnvError("NOT_FOUND", message, { fix: "Name one of these tasks, or export it from the file." });
  }
  if (matching.length > 1) throw ambiguous(`${loaded.file} has several tasks '${name}': ${list(matching)}.`);
  return first;
}

function list(tasks: readonly TaskFunction[]): string {
  return tasks.map(({ fullName }) => fullName).join(", ");
}

function ambiguous(message: string): AppEnvError {
  return new AppEnvError("AMBIGUOUS_ENVIRONMENT", message, { fix: "Name one: `appenv run FILE ENVIRONMENT.TASK`." });
}

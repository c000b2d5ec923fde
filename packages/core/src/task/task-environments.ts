import type { TaskEnvironment } from "./task-environment.ts";

/** Kept on the global object, so that all copies of this package share the list. */
const place: unique symbol = Symbol.for("appenv.task-environments") as never;

interface Place {
  [place]?: TaskEnvironment[];
}

/**
 * All task environments that were made in this process, in that order. A bundle need not export those whose tasks are
 * only called by others. For the runtime.
 */
export function taskEnvironments(): readonly TaskEnvironment[] {
  return (globalThis as Place)[place] ?? [];
}

/** Adds an environment. Called by its constructor. */
export function rememberTaskEnvironment(environment: TaskEnvironment): void {
  ((globalThis as Place)[place] ??= []).push(environment);
}

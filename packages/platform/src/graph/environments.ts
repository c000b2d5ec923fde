import type { TaskRecord } from "@appenv/engine";
import { nodeId, type Place } from "./node-id.ts";

/** A task with all that the graph reads of it. */
export type GraphTask = Pick<TaskRecord, "id" | "definition" | "deployedAt">;

/** The tasks of a task environment together. */
export interface TaskGroup extends Place {
  readonly id: string;
  readonly name: string;
  /** As its latest deployment says. */
  readonly envVars: Readonly<Record<string, string>>;
}

/** The id of a task's environment; undefined for a task that has none. */
export function environmentId({ id, definition }: GraphTask): string | undefined {
  const name = definition?.environment ?? "";
  return name === "" ? undefined : nodeId("environment", id, name);
}

/** The environments of tasks. A task that has left the code is still registered: the one deployed last is right. */
export function environmentsOf(tasks: readonly GraphTask[]): readonly TaskGroup[] {
  const latest = new Map<string, GraphTask>();
  for (const task of tasks) {
    const id = environmentId(task);
    if (id !== undefined && !isLater(latest.get(id), task)) latest.set(id, task);
  }
  return [...latest].map(([id, task]) => groupOf(id, task)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function groupOf(id: string, { id: { project, domain }, definition }: GraphTask): TaskGroup {
  const { environment: name = "", envVars = {} } = definition ?? {};
  return { id, project, domain, name, envVars };
}

function isLater(one: GraphTask | undefined, other: GraphTask): boolean {
  return one !== undefined && one.deployedAt.getTime() >= other.deployedAt.getTime();
}

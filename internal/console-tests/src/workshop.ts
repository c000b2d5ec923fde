import { fileURLToPath } from "node:url";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";

/** Starts a run of one of the workshop's tasks. */
export async function runWorkshop(endpoint: string, name: string, inputs: object): Promise<Run> {
  const { tasks } = await loadEnvironments(fileURLToPath(new URL("apps/workshop.ts", import.meta.url)));
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`the workshop has no task ${name}`);
  return run(task, inputs, { endpoint });
}

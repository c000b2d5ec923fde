import { fileURLToPath } from "node:url";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";

/** Starts a run that tells a story. */
export async function runNarrator(endpoint: string, lines: number): Promise<Run> {
  const { tasks } = await loadEnvironments(fileURLToPath(new URL("apps/narrator.ts", import.meta.url)));
  const task = tasks.get("narrate");
  if (task === undefined) throw new Error("There is no narrator.");
  return run(task, { lines }, { endpoint });
}

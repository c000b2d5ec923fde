import { fileURLToPath } from "node:url";
import { deploy, serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";
import type { AppEnvironment } from "@appenv/core";

/** Serves the app of the stall, and deploys its tasks. */
export async function openStall(endpoint: string): Promise<{ readonly endpoint: string }> {
  const { environments } = await load();
  const app = await serve(environments.get("web") as AppEnvironment, { endpoint });
  const tasks = environments.get("tasks");
  if (tasks !== undefined) await deploy([tasks], { endpoint });
  return app;
}

/** Starts a run of one of the stall's tasks. */
export async function runStall(endpoint: string, name: string, inputs: object, labels = {}): Promise<Run> {
  const { tasks } = await load();
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`the stall has no task ${name}`);
  return run(task, inputs, { endpoint, labels });
}

function load(): ReturnType<typeof loadEnvironments> {
  return loadEnvironments(fileURLToPath(new URL("apps/stall.ts", import.meta.url)));
}

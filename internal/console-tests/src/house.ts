import { fileURLToPath } from "node:url";
import { deploy, serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";
import type { AppEnvironment, TaskEnvironment } from "@appenv/core";

const file = fileURLToPath(new URL("apps/house.ts", import.meta.url));

/** Serves the apps of the house, and deploys its tasks. The answer is the endpoint of its hall. */
export async function openHouse(endpoint: string): Promise<string> {
  const { environments } = await loadEnvironments(file);
  const app = await serve(environments.get("hall") as AppEnvironment, { endpoint });
  await deploy([environments.get("house") as TaskEnvironment], { endpoint });
  return app.endpoint;
}

/** Starts a run of one of its tasks. */
export async function runInHouse(endpoint: string, name: string, inputs: object): Promise<Run> {
  const { tasks } = await loadEnvironments(file);
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`the house has no task ${name}`);
  return run(task, inputs, { endpoint });
}

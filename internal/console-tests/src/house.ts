import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { deploy, Secrets, serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";
import type { AppEnvironment, TaskEnvironment } from "@appenv/core";

const file = fileURLToPath(new URL("apps/house.ts", import.meta.url));

/** The secret by which the bell of the porch is signed. */
export const bell = "bell-secret-of-the-house";

/** Serves the apps of the house, and deploys its tasks. The answer is the endpoint of its porch. */
export async function openHouse(endpoint: string): Promise<string> {
  const { environments } = await loadEnvironments(file);
  await Secrets.create("oven-code", "1234-5678", { endpoint, scope: "global" });
  await Secrets.create("bell", bell, { endpoint, scope: "global" });
  await serve(environments.get("hall") as AppEnvironment, { endpoint });
  await deploy([environments.get("house") as TaskEnvironment], { endpoint });
  const porch = await serve(environments.get("porch") as AppEnvironment, { endpoint });
  return porch.endpoint;
}

/** Rings the bell of the porch. @param signedWith - Another secret: it is not the bell's. */
export async function ring(porch: string, door: string, id: string, signedWith: string = bell): Promise<number> {
  const body = JSON.stringify({ door });
  const signature = createHmac("sha256", signedWith).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-bell": signature, "x-ring": id, "x-kind": "ring" };
  const answer = await fetch(`${porch}/webhooks/bell`, { method: "POST", headers, body });
  await answer.text();
  return answer.status;
}

/** Starts a run of one of its tasks. */
export async function runInHouse(endpoint: string, name: string, inputs: object): Promise<Run> {
  const { tasks } = await loadEnvironments(file);
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`the house has no task ${name}`);
  return run(task, inputs, { endpoint });
}

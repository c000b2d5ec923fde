import { fileURLToPath } from "node:url";
import { loadEnvironments } from "@appenv/client/internal";
import { run, type Run } from "@appenv/client/tasks";

/** Starts a run of the post's task. */
export async function runPost(
  endpoint: string,
  tenant: string,
  options: { readonly priority?: number } = {},
): Promise<Run> {
  const { tasks } = await loadEnvironments(fileURLToPath(new URL("apps/post.ts", import.meta.url)));
  const task = tasks.get("send");
  if (task === undefined) throw new Error("the post has no task");
  return run(task, { tenant }, { endpoint, ...options });
}

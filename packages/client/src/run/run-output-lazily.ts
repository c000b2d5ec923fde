import type { ResolvedValue, RunOutput } from "@appenv/core";

/** See `readRunOutput`. Whoever serves apps without such parameters does not load the messages of tasks. */
export async function readRunOutput(output: RunOutput): Promise<ResolvedValue> {
  const module = await import("./run-output.ts");
  return module.readRunOutput(output);
}

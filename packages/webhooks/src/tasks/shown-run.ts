import type { Run } from "@appenv/client/tasks";
import type { RunPhase } from "@appenv/core";
import type { ShownRun } from "@appenv-internal/http/shown-run";
import { outputToJson } from "./json-values.ts";

const final: ReadonlySet<RunPhase> = new Set<RunPhase>(["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT", "RECOVERED"]);

/** True of the phases in which a run has ended. */
export function isFinal(phase: RunPhase): boolean {
  return final.has(phase);
}

/** A run as it was when it was last read. */
export async function shownRun(run: Run): Promise<ShownRun> {
  const { name, phase, url } = run;
  const shown = { name, phase, done: isFinal(phase), url };
  if (phase === "SUCCEEDED" || phase === "RECOVERED") {
    const { interface: type, output } = await run.values();
    return { ...shown, output: type === undefined ? null : outputToJson(type, output) };
  }
  if (!shown.done) return shown;
  const { code = "", message = "" } = run.failure ?? {};
  return { ...shown, error: { code, message } };
}

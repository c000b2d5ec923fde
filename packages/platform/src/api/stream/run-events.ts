import type { ServerEvent } from "@appenv-internal/http/event-sink";
import { phaseEvent, progressEvent } from "@appenv-internal/http/run-events";
import type { ShownRun } from "@appenv-internal/http/shown-run";
import type { RunPhase } from "@appenv/core";
import type { ActionRecord, RunRecord } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";
import { interfaceOfSpec } from "@appenv/protocol/tasks";
import { decodeOutput, outputToJson } from "@appenv/protocol/values";
import { hasSucceeded, isTerminal } from "../run/phases.ts";
import type { RunReader } from "../run/run-reader.ts";
import { followProgress } from "./watch-progress.ts";

/**
 * The changes of a run as events, `phase` and `progress`, until it has ended: the same as those of an app with `exposeRuns`.
 *
 * @param url - Its page in the console.
 */
export async function* runEvents(
  reader: RunReader,
  id: RunId,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let last: RunPhase | undefined;
  for await (const { run, actions } of followProgress(reader, id, signal)) {
    for (const { action, metadata, done, total = 0, message = "" } of actions) {
      const progress = done === undefined ? undefined : { done, total, message };
      yield progressEvent({ action, progress, metadata: metadata === "" ? {} : JSON.parse(metadata) });
    }
    if (run.root.phase !== last) yield phaseEvent(shownRun(reader, run, url));
    last = run.root.phase;
  }
}

/** A run as it is shown to pages. */
export function shownRun(reader: RunReader, { id, root }: RunRecord, url: string): ShownRun {
  const { phase } = root;
  const shown = { name: id.run, phase, done: isTerminal(phase), url };
  if (hasSucceeded(phase)) return { ...shown, output: outputOf(reader, root) };
  return shown.done ? { ...shown, error: errorOf(root) } : shown;
}

function outputOf(reader: RunReader, { id, task }: ActionRecord): unknown {
  const spec = task === undefined ? undefined : reader.tasks().spec(task);
  const bytes = reader.engine.outputs(id);
  if (spec === undefined || bytes === undefined || bytes.length === 0) return null;
  const { output } = interfaceOfSpec(spec);
  return output === undefined ? null : (outputToJson(output, decodeOutput(output, bytes)) ?? null);
}

function errorOf({ phase, error, abort }: ActionRecord): NonNullable<ShownRun["error"]> {
  const message = error?.message ?? "";
  return phase === "ABORTED"
    ? { code: "ABORTED", message: abort?.reason ?? message }
    : { code: error?.code ?? "", message };
}

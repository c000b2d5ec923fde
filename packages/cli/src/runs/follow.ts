import type { Run } from "@appenv/client/tasks";
import type { RunAction } from "@appenv/core";
import type { Output } from "../output/output.ts";
import { progressText } from "../output/run-progress.ts";
import { showQuestion } from "./show-question.ts";

/** The progress of a run that is being shown. */
export interface ShownProgress {
  /** Resolves when the lines that were written until the run's end are shown, or cannot be. */
  drained(): Promise<void>;
}

/** Maximum wait for lines of a run that has ended, in milliseconds. */
const drainMs = 2_000;

/** Shows on stderr the progress of a run, and the lines of its first action. */
export function showProgress(
  run: Run,
  output: Output,
  { logs, signal }: { readonly logs: boolean; readonly signal: AbortSignal },
): ShownProgress {
  if (output.json) return { drained: () => Promise.resolve() };
  void showPhases(run, output, signal).catch(() => {});
  if (!logs) return { drained: () => Promise.resolve() };
  const lines = showLines(run, output, signal).catch(() => {});
  return {
    drained: () => Promise.race([lines, new Promise<void>((done) => void setTimeout(done, drainMs).unref())]),
  };
}

async function showLines(run: Run, output: Output, signal: AbortSignal): Promise<void> {
  for await (const { text, stream } of run.logs({ follow: true, signal })) {
    // Lines of the platform, such as where an error was thrown, are for `appenv logs run`.
    if (stream !== "platform") output.note(text);
  }
}

async function showPhases(run: Run, output: Output, signal: AbortSignal): Promise<void> {
  const tally = new Tally();
  if (process.stderr.isTTY) void showActionProgress(run, output, tally, signal).catch(() => {});
  for await (const actions of run.watchActions({ signal })) {
    const waiting = tally.add(actions);
    for (const action of waiting) {
      const isOnly = waiting.filter(({ task }) => task === action.task).length === 1;
      await showQuestion(run, action, isOnly ? action.task : action.name, output);
    }
    if (process.stderr.isTTY) output.progress.say(tally.text);
  }
}

/** Shows the progress that the first action reports. A Flyte cluster has none. */
async function showActionProgress(run: Run, output: Output, tally: Tally, signal: AbortSignal): Promise<void> {
  for await (const actions of run.watchProgress({ signal })) {
    const progress = actions.find(({ action }) => action === "a0")?.progress;
    if (progress === undefined) continue;
    tally.progress = progressText(progress);
    output.progress.say(tally.text);
  }
}

/** Counts the actions of a run. There may be 100,000. */
class Tally {
  readonly #seen = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #waited = new Set<string>();
  #phase: RunAction["phase"] = "QUEUED";
  /** As the first action reports it. */
  progress = "";

  /** Notes actions that have changed. Returns the conditions that wait since then. */
  add(actions: readonly RunAction[]): readonly RunAction[] {
    for (const { name, phase, parent, endedAt } of actions) {
      if (parent === undefined) this.#phase = phase;
      else this.#seen.add(name);
      if (parent !== undefined && endedAt !== undefined) this.#ended.add(name);
    }
    const waiting = actions.filter(
      ({ kind, phase, name }) => kind === "condition" && phase === "PAUSED" && !this.#waited.has(name),
    );
    for (const { name } of waiting) this.#waited.add(name);
    return waiting;
  }

  get text(): string {
    const count = this.#seen.size;
    const parts = [this.#phase, count === 0 ? "" : `${this.#ended.size} of ${count} actions ended`, this.progress];
    return parts.filter((part) => part !== "").join(", ");
  }
}

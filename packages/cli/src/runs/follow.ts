import type { Run } from "@appenv/client/tasks";
import type { Output } from "../output/output.ts";

/** What is shown of a run while it runs. */
export interface ShownProgress {
  /** Resolves when the lines that were written until the run's end are shown, or cannot be. */
  drained(): Promise<void>;
}

/** Lines of a run that has ended are waited for at most so long, in milliseconds. */
const drainMs = 2_000;

/** Shows on stderr how far a run is, and the lines of its first action. */
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
    // Where an error was thrown is for `appenv logs run`.
    if (stream !== "platform") output.note(text);
  }
}

async function showPhases(run: Run, output: Output, signal: AbortSignal): Promise<void> {
  const ended = new Map<string, boolean>();
  const told = new Set<string>();
  for await (const actions of run.watchActions({ signal })) {
    for (const { name, endedAt } of actions) ended.set(name, endedAt !== undefined);
    const waiting = actions.filter(
      ({ kind, phase, name }) => kind === "condition" && phase === "PAUSED" && !told.has(name),
    );
    for (const { task, name } of waiting) {
      told.add(name);
      output.note(`It waits for '${task}': \`appenv signal ${run.name} ${name} VALUE\`.`);
    }
    const root = actions.find(({ name }) => name === "a0")?.phase ?? run.phase;
    const count = ended.size - 1;
    const done = [...ended].filter(([name, isEnded]) => name !== "a0" && isEnded).length;
    if (process.stderr.isTTY) output.progress.say(`${root}${count > 0 ? `, ${done} of ${count} actions ended` : ""}`);
  }
}

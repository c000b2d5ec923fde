import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { AppEnvError } from "@appenv/core";
import type { RunChange, RunsChanged } from "@appenv/client/tasks";
import type { Output } from "../output/output.ts";
import { selectionOf, selects, type SelectionFlags } from "../options/selection.ts";

/** Options of a command that changes many runs. */
export interface ChangeManyFlags extends SelectionFlags {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly idempotencyKey?: string;
}

const words = {
  abort: { verb: "Abort", done: "aborted", doing: "Aborting" },
  rerun: { verb: "Rerun", done: "started again", doing: "Starting again" },
  delete: { verb: "Delete", done: "deleted", doing: "Deleting" },
} as const satisfies Record<RunChange, object>;

/**
 * Changes all runs that the options select, after a question that says how many they are.
 *
 * @throws AppEnvError INVALID_ARGUMENT without a selection, or without `--yes` where nobody can be asked.
 */
export async function changeMany(change: RunChange, flags: ChangeManyFlags, output: Output): Promise<void> {
  if (!selects(flags)) {
    throw new AppEnvError("INVALID_ARGUMENT", "Neither a run is named nor are runs selected.", {
      fix: `Name a run, or select some: \`appenv ${change}${change === "rerun" ? "" : " run"} --task ENVIRONMENT.TASK\`.`,
    });
  }
  const { changeRuns } = await import("@appenv/client/tasks");
  const selection = selectionOf(flags);
  const { verb, done, doing } = words[change];
  if (flags.yes !== true) {
    const selected = await last(changeRuns(change, { ...selection, dryRun: true }));
    if (selected.selected === 0) return void output.result(summary(selected), "No run is selected.");
    if (!(await confirmed(`${verb} ${runsOf(selected.selected)}?`))) {
      throw new AppEnvError("ABORTED", "Nothing was changed.", { fix: "Answer yes, or give `--yes`." });
    }
  }
  const began = new Date();
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const { reason, idempotencyKey = randomUUID() } = flags;
    const keyed = change === "rerun" ? { idempotencyKey } : {};
    const options = { ...selection, ...keyed, ...(reason === undefined ? {} : { reason }), signal: stop.signal };
    let end: RunsChanged | undefined;
    try {
      end = await told(changeRuns(change, options), output, doing);
    } finally {
      if (change === "rerun" && isCut(end))
        output.note(goOn(idempotencyKey, flags.createdBefore === undefined ? began : undefined));
    }
    output.result(summary(end), `${runsOf(end.done)} ${end.done === 1 ? "is" : "are"} ${done}.`);
    if (end.failed > 0) {
      throw new AppEnvError("CALL_FAILED", `${runsOf(end.failed)} could not be ${done}.`, {
        fix: "The lines above name them, the first hundred with the reason.",
      });
    }
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}

/** True if some of the selected runs may be as they were. */
function isCut(end: RunsChanged | undefined): boolean {
  return end === undefined || end.done + end.failed < end.selected;
}

/** @param before - Leaves out the runs that have come since. */
function goOn(key: string, before: Date | undefined): string {
  const pinned = before === undefined ? "" : `--created-before ${before.toISOString()} `;
  return `Some may not be started again yet: the same command with \`${pinned}--idempotency-key ${key}\` starts those.`;
}

async function last(changes: AsyncIterable<RunsChanged>): Promise<RunsChanged> {
  let end: RunsChanged = { selected: 0, done: 0, failed: 0, failures: [] };
  for await (const change of changes) end = change;
  return end;
}

async function told(changes: AsyncIterable<RunsChanged>, output: Output, doing: string): Promise<RunsChanged> {
  let end: RunsChanged = { selected: 0, done: 0, failed: 0, failures: [] };
  try {
    for await (const change of changes) {
      end = change;
      for (const { run, message } of change.failures) output.note(`${run}: ${message}`);
      output.progress.say(`${doing}: ${end.done + end.failed} of ${end.selected} ...`);
    }
  } finally {
    output.progress.stop();
  }
  return end;
}

function summary({ selected, done, failed }: RunsChanged): object {
  return { selected, done, failed };
}

function runsOf(count: number): string {
  return count === 1 ? "One run" : `${count} runs`;
}

/** Asks at the terminal. @throws AppEnvError INVALID_ARGUMENT where nobody can answer. */
async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new AppEnvError("INVALID_ARGUMENT", `${question} Nobody can be asked here.`, { fix: "Give `--yes`." });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

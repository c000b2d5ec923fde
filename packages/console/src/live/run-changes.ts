import { signal, type Signal } from "@preact/signals";
import type { RunMessage } from "@appenv/protocol/tasks";
import { runs } from "../api/clients.ts";
import { runKey } from "../route/names.ts";
import type { Feed } from "./follow.ts";

/** Runs as they were heard of last, by their keys. */
export const heardRuns: Signal<ReadonlyMap<string, RunMessage>> = signal(new Map());

/** Counts changes of runs: lists that depend on more than one run are read again when it changes. */
export const runChanges: Signal<number> = signal(0);

const kept = 2_000;

/** The newest runs, and every change of a run. */
export const runFeed: Feed<{ readonly runs: readonly RunMessage[] }> = {
  open: (stop) => runs.watchRuns({}, { signal: stop }),
  onMessage: ({ runs: changed }) => {
    const all = new Map(heardRuns.value);
    for (const run of changed) all.set(runKey(run.action?.id?.run), run);
    heardRuns.value = all.size > kept ? new Map([...all].slice(-kept)) : all;
    soon();
  },
};

let timer: ReturnType<typeof setTimeout> | undefined;

/** Many runs may change at once: lists are read again at most twice a second. */
function soon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    runChanges.value += 1;
  }, 500);
}

import { inBackground } from "@appenv/core/internal";
import type { TaskEngine } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";
import type { RunFiles } from "./run-files.ts";

/** Removes the files of runs when they have ended, also of those that an earlier platform left. */
export function cleanRunFiles(engine: TaskEngine, files: RunFiles): void {
  const removeAtEnd = (run: RunId): void => {
    if (engine.getRun(run) === undefined) return inBackground(what, files.remove(run));
    engine.follow(run, () => inBackground(what, files.remove(run)));
  };
  files.onUse = removeAtEnd;
  inBackground(
    what,
    files.runs().then((runs) => runs.forEach((run) => removeAtEnd(run))),
  );
}

const what = "The files of a run that has ended could not be removed";

import { inBackground, unexpected } from "@appenv/core/internal";
import type { TaskWorker } from "./task-worker.ts";

/** Delay after a worker's start before its drift is looked for, so as not to slow its first attempt, in milliseconds. */
const afterMs = 100;

/** The drifts that the platform's log has, by bundle: one line for all the workers that load the same. */
const logged = new Map<string, string>();

/**
 * Has a worker's attempts say in their logs what it loads now that the version of its tasks was not made of, and the
 * platform in its own log.
 */
export function noteDrift(worker: Pick<TaskWorker, "name" | "note" | "state">, bundleFile: string): void {
  const look = async (): Promise<void> => {
    if (worker.state === "ended") return;
    const { changesSince } = await import("@appenv/client/identity");
    // A bundle that is gone says more itself.
    const drift = await changesSince(bundleFile).catch(() => undefined);
    if (drift === undefined) return void logged.delete(bundleFile);
    worker.note(describeDrift(drift));
    if (logged.get(bundleFile) === drift) return;
    logged.set(bundleFile, drift);
    unexpected(`The process ${worker.name} of tasks`, describeDrift(drift));
  };
  setTimeout(() => inBackground("The look for other packages of a worker failed", look()), afterMs).unref();
}

function describeDrift(drift: string): string {
  return `It runs other code than this version of its tasks was made of: ${drift}. Deploy it again to make a version of that.`;
}

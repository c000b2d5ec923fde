import { setImmediate as nextTurn } from "node:timers/promises";
import { inBackground } from "@appenv/core/internal";
import { bundleOf } from "@appenv/protocol/internal";
import type { Bundles } from "../api/uploads/bundles.ts";
import type { Logs } from "../logs/apps/app-logs.ts";
import type { Once } from "../process/once.ts";
import type { AppStore } from "../state/app-store.ts";
import type { TaskRuntime } from "../tasks/task-runtime.ts";
import { trimDirectory } from "./trim-directory.ts";

/** Time between two rounds, in milliseconds. */
const roundMs = 3_600_000;
/** Maximum size of the compiled code that is kept, in bytes. */
const compiledBytes = 256 * 2 ** 20;

/** Parts of a platform that keep things. */
export interface House {
  /** True if tasks were ever deployed or run. */
  readonly hasTasks: boolean;
  readonly tasks: Once<TaskRuntime>;
  readonly apps: Pick<AppStore, "load" | "launches" | "usesBundle">;
  readonly bundles: Bundles;
  readonly logs: Pick<Logs, "removeOthers">;
  /** The directory of compiled code. */
  readonly compileCache: string;
}

/**
 * Deletes in the background what nothing needs any more: now, and each hour. Runs that an earlier platform left go on with
 * the first round.
 *
 * @returns Stops it; resolves when a round that has begun is over.
 */
export function keepHouse(house: House): () => Promise<void> {
  let closed = false;
  let last: Promise<void> = Promise.resolve();
  const start = (): void => {
    const round = last
      .then(() => tidyUp(house, () => closed))
      .catch((error: unknown) => {
        if (!closed) throw error;
      });
    inBackground("What the platform does not need any more could not be deleted", round);
    last = round.catch(() => {});
  };
  start();
  const timer = setInterval(start, roundMs);
  timer.unref();
  return () => {
    closed = true;
    clearInterval(timer);
    return last;
  };
}

/** One round. @param isClosed - Ends it early. */
export async function tidyUp(house: House, isClosed: () => boolean = () => false): Promise<void> {
  const { tasks, bundles, apps } = house;
  // Whoever asks for a run is told if this fails. Without the tasks nobody knows which code they need.
  const runtime = house.hasTasks ? await tasks.get() : await tasks.made;
  if (isClosed()) return;
  await runtime?.registry.removeOld((uri) => bundles.isLeased(uri));
  await nextTurn();
  if (isClosed()) return;
  const ofApps = new Set(apps.launches().map((launch) => bundleOf(launch)));
  // Tasks that were opened meanwhile have asked for their code within the last hour.
  const isUsed = (uri: string): boolean =>
    isClosed() || ofApps.has(uri) || runtime?.registry.uses(uri) === true || apps.usesBundle(uri);
  await bundles.clean(isUsed);
  if (isClosed()) return;
  await house.logs.removeOthers(() => apps.load().map(({ id }) => id));
  await trimDirectory(house.compileCache, compiledBytes);
}

import type { RunId } from "@appenv/protocol";

/** The files of runs that are not the engine's. */
export interface RunFilesOwner {
  /** Removes the logs and files of a run that is deleted. @param given - Also those that its tasks gave back. */
  remove(run: RunId, given: boolean): Promise<void>;
}

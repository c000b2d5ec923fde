import { AppEnvError } from "@appenv/core";
import { unexpected } from "@appenv/core/internal";
import type { RunId } from "@appenv/protocol";
import type { RunFilesOwner } from "../contracts/files.ts";
import type { EngineContext } from "../live/context.ts";
import type { DeletedRun } from "../store/deletion-table.ts";
import { liveOutcome } from "../store/codes.ts";
import { collectSome } from "./collect-garbage.ts";
import { shrinkSome } from "./shrink-store.ts";

/** Maximum runs, and actions, of one step: other transactions come in between. */
const runsAtOnce = 50;
const actionsAtOnce = 500;
/** Pause after the disk refused, and before garbage that was in use is looked at again, in milliseconds. */
const againMs = 60_000;

/**
 * Deletes runs that have ended. One transaction takes a run out of every list; the rest goes in small steps, which the next
 * platform goes on with if this one ends in between.
 */
export class RunDeleter {
  readonly #context: EngineContext;
  readonly #files: RunFilesOwner;
  readonly #waiting: Map<number, ReturnType<typeof Promise.withResolvers<void>>> = new Map();
  #working = false;

  constructor(context: EngineContext, files: RunFilesOwner) {
    this.#context = context;
    this.#files = files;
    context.store.garbage.onAdd = () => this.#wake();
    this.#wake();
  }

  /** See `TaskEngine.deleteRun`. */
  async delete({ project, domain, run }: RunId): Promise<void> {
    const { store } = this.#context;
    const scope = store.tasks.findScope(project, domain);
    const row = scope && store.runs.byName(scope.id, run);
    if (row === undefined) throw new AppEnvError("NOT_FOUND", `There is no run '${run}' in ${project}/${domain}.`);
    const id = Number(row["id"]);
    if (await this.begin(id, run)) await this.gone(id);
  }

  /** Takes a run out of every list. Answers false if somebody else has. @throws AppEnvError RUN_IN_USE. */
  begin(id: number, name: string): Promise<boolean> {
    const { committer, deletions, runs } = this.#context.store;
    return committer.commit(
      () => {
        if (this.#context.runs.has(id) || runs.outcome(id) === liveOutcome) throw inUse(name, "has not ended");
        const recovering = deletions.recoveredBy(id);
        if (recovering !== undefined) throw inUse(name, `is recovered by '${recovering}', which has not ended`);
        return deletions.begin(id);
      },
      () => this.#wake(),
    );
  }

  /** Resolves when nothing of a run is left. Only right after `begin`. */
  gone(id: number): Promise<void> {
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<void>();
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  close(): void {
    const closed = new AppEnvError("STATE_UNWRITABLE", "The platform ends; the next one deletes the rest of the run.");
    for (const { reject } of this.#waiting.values()) reject(closed);
    this.#waiting.clear();
  }

  #wake(): void {
    if (this.#working || this.#context.closed) return;
    this.#working = true;
    void this.#workOnce();
  }

  async #workOnce(): Promise<void> {
    let isLeft = true;
    try {
      isLeft = await this.#work();
    } catch (error) {
      if (!this.#context.closed) unexpected("Deleting runs is tried again", error);
    }
    this.#working = false;
    if (this.#context.closed) return;
    if (isLeft) this.#context.after(againMs, () => this.#wake());
    else if (this.#context.store.deletions.begun(1).length > 0) this.#wake();
  }

  /** Deletes what was begun. Resolves with true if something that was in use has to be looked at again. */
  async #work(): Promise<boolean> {
    const context = this.#context;
    for (;;) {
      // Lets those who asked come first.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (context.closed) return false;
      const begun = context.store.deletions.begun(runsAtOnce);
      if (begun.length === 0) break;
      await this.#step(begun);
    }
    let isLeft = false;
    for (let after: string | undefined = ""; after !== undefined && !context.closed;) {
      const looked = await collectSome(context, this.#files, after);
      isLeft ||= looked.left;
      after = looked.last;
    }
    while (!context.closed && (await shrinkSome(context)));
    return isLeft;
  }

  async #step(begun: readonly DeletedRun[]): Promise<void> {
    const { store } = this.#context;
    const emptied = await store.committer.commit(() => this.#erase(begun));
    await Promise.all(emptied.map((run) => this.#removeFiles(run)));
    await store.committer.commit(() => emptied.forEach(({ id }) => store.deletions.finish(id)));
    for (const { id } of emptied) {
      this.#waiting.get(id)?.resolve();
      this.#waiting.delete(id);
    }
  }

  /** The runs of which no action is left. */
  #erase(begun: readonly DeletedRun[]): readonly DeletedRun[] {
    const emptied: DeletedRun[] = [];
    let left = actionsAtOnce;
    for (const run of begun) {
      if (left <= 0) break;
      let erased: number;
      do left -= erased = this.#context.store.deletions.eraseStreams(run.id, left);
      while (erased > 0 && left > 0);
      if (left > 0) left -= this.#context.store.deletions.eraseActions(run.id, left);
      if (left > 0) emptied.push(run);
    }
    return emptied;
  }

  async #removeFiles({ scope: id, name }: DeletedRun): Promise<void> {
    const { tasks, garbage } = this.#context.store;
    const scope = tasks.scopeById(id);
    if (scope === undefined) return;
    const { project, domain } = scope;
    const given = !garbage.isHeld(`runs/${project}/${domain}/${name}`);
    // Files that cannot be deleted stay.
    await this.#files
      .remove({ project, domain, run: name }, given)
      .catch((error: unknown) => unexpected("The files of a deleted run could not be removed", error));
  }
}

function inUse(run: string, why: string): AppEnvError {
  return new AppEnvError("RUN_IN_USE", `The run '${run}' cannot be deleted: it ${why}.`);
}

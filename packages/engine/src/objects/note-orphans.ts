import { setImmediate as nextTurn } from "node:timers/promises";
import type { TaskStore } from "../store/task-store.ts";
import { parts } from "./objects.ts";

/**
 * Looks for objects and files that nothing names, and has them deleted like those of a deleted run: inputs of a run that was
 * refused, or took the place of other ones; files of an attempt that failed; what a platform had written when it was killed.
 *
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
 */
export async function noteOrphans(store: TaskStore): Promise<void> {
  for (const part of parts) {
    // Lets others come in between.
    await nextTurn();
    if (!store.database.isOpen) return;
    const orphans = store.objects
      .storedIn(part)
      .filter((item) => !isNamed(store, item) && !store.objects.isYoung(item));
    if (orphans.length === 0) continue;
    await store.committer.commit(() => {
      for (const item of orphans) store.garbage.add(item);
    }, store.garbage.onAdd);
  }
}

/** Asked without what waits to be written: an item is looked at again before it is deleted. */
function isNamed({ garbage }: TaskStore, item: string): boolean {
  return item.includes("/") ? garbage.isHeld(item) : garbage.isNamed(item);
}

import { watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";

/** Changes within this time are one change, in milliseconds: an editor writes a file in several steps. */
const settleMs = 100;

/** Lists more files that are watched, as they are when it is called. */
type Others = () => Promise<readonly string[]>;

/** Reports when one of some files changes. Watches their directories, since editors replace files. */
export class FileWatcher {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #names = new Map<string, Set<string>>();
  #files: readonly string[] = [];
  #others: Others | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these files, and those that `others` lists, new ones too, and no others. */
  watch(files: readonly string[], others?: Others): void {
    this.#files = files;
    this.#others = others;
    this.#watchNames(files);
    if (others !== undefined) void this.#list(others);
  }

  #watchNames(files: readonly string[]): void {
    this.#names = byFolder(files);
    for (const [folder, watcher] of this.#watchers) {
      if (this.#names.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of this.#names.keys()) this.#watchFolder(folder);
  }

  /** Stops watching. */
  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#lookTimer);
    this.#others = undefined;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches the listed files. Whether there are new ones. */
  async #list(others: Others): Promise<boolean> {
    const listed = await others();
    if (this.#others !== others) return false;
    const isNew = listed.some((file) => this.#names.get(dirname(file))?.has(basename(file)) !== true);
    if (isNew) this.#watchNames([...this.#files, ...listed]);
    return isNew;
  }

  /** Looks into a name that is not known: a new file, unless git ignores it. */
  #unknown(): void {
    const others = this.#others;
    if (others === undefined) return;
    clearTimeout(this.#lookTimer);
    const look = async (): Promise<void> => {
      if (await this.#list(others)) this.#changed();
    };
    this.#lookTimer = setTimeout(() => void look(), settleMs);
  }

  #watchFolder(folder: string): void {
    if (this.#watchers.has(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (name === null || this.#names.get(folder)?.has(name) === true) this.#changed();
      else this.#unknown();
    });
    // A directory that is removed is not watched any more; the next reload says what is missing.
    watcher.on("error", () => this.#changed());
    this.#watchers.set(folder, watcher);
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, settleMs);
  }
}

function byFolder(files: readonly string[]): Map<string, Set<string>> {
  const folders = Map.groupBy(files, (file) => dirname(file));
  return new Map([...folders].map(([folder, own]) => [folder, new Set(own.map((file) => basename(file)))]));
}

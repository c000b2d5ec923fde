import { FileWatcher } from "./file-watcher.ts";

/** What a reloader does when a file changes. */
export interface ReloadSteps {
  /** Serves again. */
  reload(): Promise<unknown>;
  /** Told why a reload failed. What was served before goes on serving, and the same files are watched. */
  failed(error: unknown): void;
}

/** Reloads when a file changes: never twice at once, and once more if something changed meanwhile. */
export class Reloader {
  readonly #steps: ReloadSteps;
  readonly #watcher = new FileWatcher(() => void this.#reload());
  #isBusy = true;
  #isDue = false;

  constructor(steps: ReloadSteps) {
    this.#steps = steps;
  }

  /** Watches these files from now on, and those that `others` lists, and no others. */
  watch(files: readonly string[], others: (() => Promise<readonly string[]>) | undefined): void {
    this.#watcher.watch(files, others);
  }

  /** Begins to reload; what changed before, while the app was served for the first time, counts. */
  start(): void {
    this.#isBusy = false;
    if (this.#isDue) void this.#reload();
  }

  /** Ends it; a reload that is running is not waited for. */
  close(): void {
    this.#isBusy = true;
    this.#watcher.close();
  }

  async #reload(): Promise<void> {
    this.#isDue = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isDue) {
      this.#isDue = false;
      await this.#steps.reload().catch((error: unknown) => this.#steps.failed(error));
    }
    this.#isBusy = false;
  }
}

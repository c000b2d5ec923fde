import { FileWatcher } from "./file-watcher.ts";

/** The steps of a reload. */
export interface ReloadSteps {
  /** Serves again. */
  reload(): Promise<unknown>;
  /**
   * Called with the reason of a failed reload. What was served before goes on serving, and the same files are watched.
   */
  failed(error: unknown): void;
}

/** Reloads when a file changes: never twice at the same time, and once more if something changed meanwhile. */
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

  /** Starts reloading, also for changes from while the app was first served. */
  start(): void {
    this.#isBusy = false;
    if (this.#isDue) void this.#reload();
  }

  /** Stops reloading, without waiting for a reload that is running. */
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

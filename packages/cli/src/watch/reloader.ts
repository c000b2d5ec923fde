import { FileWatcher } from "./file-watcher.ts";

/** What a reloader does when a file changes. */
export interface ReloadSteps {
  /** Serves again; resolves with the files to watch from now on. */
  reload(): Promise<readonly string[]>;
  /** Told why a reload failed. What was served before goes on serving, and the same files are watched. */
  failed(error: unknown): void;
}

/** Reloads when a file changes: never twice at once, and once more if something changed meanwhile. */
export class Reloader {
  readonly #steps: ReloadSteps;
  readonly #watcher = new FileWatcher(() => void this.#reload());
  #isRunning = false;
  #isDue = false;

  constructor(steps: ReloadSteps) {
    this.#steps = steps;
  }

  /** Begins to watch. */
  watch(files: readonly string[]): void {
    this.#watcher.watch(files);
  }

  /** Ends it; a reload that is running is not waited for. */
  close(): void {
    this.#isDue = false;
    this.#watcher.close();
  }

  async #reload(): Promise<void> {
    this.#isDue = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isDue) {
      this.#isDue = false;
      try {
        this.#watcher.watch(await this.#steps.reload());
      } catch (error) {
        this.#steps.failed(error);
      }
    }
    this.#isRunning = false;
  }
}

import type { TaskContext, TaskMetadata } from "@appenv/core";
import { JsonMetadata } from "@appenv/core/internal";
import type { Batcher } from "./batcher.ts";
import { LatestMessage } from "./latest-message.ts";

/** The words of an attempt about itself: how far it is, and its metadata. The last one of each counts. */
export class AttemptNotes {
  readonly metadata: TaskMetadata;
  readonly #attempt: number;
  readonly #progress: LatestMessage;
  readonly #metadata: LatestMessage;
  #isClosed = false;

  constructor(attempt: number, batcher: Batcher) {
    this.#attempt = attempt;
    this.#progress = new LatestMessage((message) => batcher.say(message));
    this.#metadata = new LatestMessage((message) => batcher.say(message));
    this.metadata = new JsonMetadata((json) => {
      if (!this.#isClosed) this.#metadata.set({ type: "metadata", attempt, json });
    });
  }

  /** Keeps the latest progress. Numbers that are not finite are ignored. */
  readonly progress: TaskContext["progress"] = (done, total = 1, message = "") => {
    if (this.#isClosed || !Number.isFinite(done) || !Number.isFinite(total)) return;
    const attempt = this.#attempt;
    this.#progress.set({ type: "progress", attempt, done, total, message: String(message).slice(0, 1_000) });
  };

  /** The last words. */
  close(): void {
    this.#isClosed = true;
    this.#progress.close();
    this.#metadata.close();
  }
}

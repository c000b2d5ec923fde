import type { DatabaseSync } from "node:sqlite";
import type { QueueId, QueuePause } from "../scheduler/queue-contract.ts";

/** Paused queues, and the starts that rates count. */
export class QueueTable {
  readonly #pause;
  readonly #resume;
  readonly #paused;
  readonly #start;
  readonly #forget;
  readonly #forgetAll;
  readonly #starts;
  #number: number;

  constructor(database: DatabaseSync) {
    this.#pause = database.prepare(
      `INSERT INTO paused_queues (project, domain, queue, paused_at, paused_by) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#resume = database.prepare("DELETE FROM paused_queues WHERE project = ? AND domain = ? AND queue = ?");
    this.#paused = database.prepare("SELECT * FROM paused_queues");
    this.#start = database.prepare("INSERT INTO queue_starts VALUES (?, ?, ?, ?, ?, ?)");
    this.#forget = database.prepare(
      "DELETE FROM queue_starts WHERE project = ? AND domain = ? AND queue = ? AND key = ? AND started_at < ?",
    );
    this.#forgetAll = database.prepare("DELETE FROM queue_starts WHERE started_at < ?");
    this.#starts = database.prepare(
      "SELECT key, started_at FROM queue_starts WHERE project = ? AND domain = ? AND queue = ? ORDER BY started_at",
    );
    // A clock that was set back gives a time again: numbers go on where the process before this one ended.
    this.#number = Number(database.prepare("SELECT max(number) AS last FROM queue_starts").get()?.["last"] ?? 0);
  }

  /** One that is paused stays as it is. */
  pause({ project, domain, name }: QueueId, { at, by }: QueuePause): void {
    this.#pause.run(project, domain, name, at.getTime(), by);
  }

  resume({ project, domain, name }: QueueId): void {
    this.#resume.run(project, domain, name);
  }

  paused(): readonly { readonly id: QueueId; readonly pause: QueuePause }[] {
    return this.#paused.all().map((row) => ({
      id: { project: String(row["project"]), domain: String(row["domain"]), name: String(row["queue"]) },
      pause: { at: new Date(Number(row["paused_at"])), by: String(row["paused_by"]) },
    }));
  }

  /** Writes a start. */
  start({ project, domain, name }: QueueId, key: string, at: number): void {
    this.#number += 1;
    this.#start.run(project, domain, name, key, at, this.#number);
  }

  /** Deletes the starts of a key from before a time. */
  forget({ project, domain, name }: QueueId, key: string, before: number): void {
    this.#forget.run(project, domain, name, key, before);
  }

  /** Deletes the starts of all queues from before a time. */
  forgetAll(before: number): void {
    this.#forgetAll.run(before);
  }

  /** The starts of a queue that are kept, the oldest first. */
  starts({ project, domain, name }: QueueId): readonly { readonly key: string; readonly at: number }[] {
    return this.#starts
      .all(project, domain, name)
      .map((row) => ({ key: String(row["key"]), at: Number(row["started_at"]) }));
  }
}

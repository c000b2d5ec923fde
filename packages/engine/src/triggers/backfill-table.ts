import type { DatabaseSync } from "node:sqlite";
import { storing } from "@appenv-internal/state/database";
import type { BackfillRecord } from "../contracts/backfills.ts";
import type { TriggerRecord } from "../contracts/triggers.ts";
import { readStoredTrigger, writeTrigger } from "./trigger-json.ts";

/** A backfill as it is stored. */
export interface StoredBackfill extends BackfillRecord {
  /** As it was when it was asked for. */
  readonly definition: TriggerRecord;
  /** Firings before this time have ended. */
  readonly settledUntil: Date;
}

/** Number of backfills that are kept beside those that go on. */
const kept = 1_000;

/** Backfills in the database. Every call is on disk when it returns. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
export class BackfillTable {
  readonly #file: string;
  readonly #insert;
  readonly #update;
  readonly #all;
  readonly #forget;

  constructor(database: DatabaseSync, file: string) {
    this.#file = file;
    this.#insert = database.prepare(
      `INSERT INTO backfills (project, domain, task_name, name, trigger_json, from_at, to_at, concurrency, total,
         settled_until, succeeded, failed, phase, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 'RUNNING', ?)`,
    );
    this.#update = database.prepare(
      "UPDATE backfills SET settled_until = ?, succeeded = ?, failed = ?, phase = ? WHERE id = ?",
    );
    this.#all = database.prepare("SELECT * FROM backfills ORDER BY id DESC");
    this.#forget = database.prepare(
      `DELETE FROM backfills WHERE phase <> 'RUNNING' AND id <= (SELECT id FROM backfills ORDER BY id DESC LIMIT 1 OFFSET ${kept})
       RETURNING id`,
    );
  }

  /** Its id. */
  insert({ trigger, definition, from, to, concurrency, total, createdAt }: Omit<StoredBackfill, "id">): number {
    const { project, domain, taskName, name } = trigger;
    const values = [from, to].map((date) => date.getTime()) as [number, number];
    const { lastInsertRowid } = storing(this.#file, "cannot take a backfill", () =>
      this.#insert.run(
        ...([project, domain, taskName, name, writeTrigger(definition)] as const),
        ...values,
        ...([concurrency, total, from.getTime(), createdAt.getTime()] as const),
      ),
    );
    return Number(lastInsertRowid);
  }

  update({ id, settledUntil, succeeded, failed, phase }: StoredBackfill): void {
    storing(this.#file, "cannot take the progress of a backfill", () =>
      this.#update.run(settledUntil.getTime(), succeeded, failed, phase, id),
    );
  }

  /** Deletes those that have ended but the newest thousand. Gives their ids. */
  forgetOld(): readonly number[] {
    return storing(this.#file, "cannot forget old backfills", () => this.#forget.all()).map((row) => Number(row["id"]));
  }

  /** The newest first. */
  load(): StoredBackfill[] {
    return this.#all.all().map((row) => ({
      id: Number(row["id"]),
      trigger: {
        project: String(row["project"]),
        domain: String(row["domain"]),
        taskName: String(row["task_name"]),
        name: String(row["name"]),
      },
      definition: readStoredTrigger(String(row["trigger_json"])),
      from: new Date(Number(row["from_at"])),
      to: new Date(Number(row["to_at"])),
      concurrency: Number(row["concurrency"]),
      total: Number(row["total"]),
      settledUntil: new Date(Number(row["settled_until"])),
      succeeded: Number(row["succeeded"]),
      failed: Number(row["failed"]),
      phase: String(row["phase"]) as BackfillRecord["phase"],
      createdAt: new Date(Number(row["created_at"])),
    }));
  }
}

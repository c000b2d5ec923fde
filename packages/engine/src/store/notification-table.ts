import type { DatabaseSync } from "node:sqlite";
import type { NotificationRule } from "@appenv/core";
import type { NotificationRecord, OutgoingNotification } from "../contracts/notifications.ts";
import { phaseCode, phaseOf } from "./codes.ts";

type Columns = Readonly<Record<string, unknown>>;

/** A notification as it is written with the end of its run. */
export interface NewNotification {
  readonly run: number;
  readonly id: string;
  readonly delivery: NotificationRule["delivery"];
  /** The destination that it waits for a place with. */
  readonly host: string;
  readonly phase: NotificationRecord["phase"];
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A notification that is due, with its row. */
export interface DueNotification extends OutgoingNotification {
  readonly row: number;
  readonly host: string;
  /** The number of attempts before. */
  readonly attempts: number;
}

/** The notifications of runs: those that wait to be sent, and those that were. */
export class NotificationTable {
  readonly #add;
  readonly #hosts;
  readonly #due;
  readonly #next;
  readonly #ofRun;
  readonly #failed;
  readonly #ended;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO notifications (run, message, delivery, host, phase, error, state, attempts, last_error, created_at, next_at)
       VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, '', ?, ?)`,
    );
    this.#hosts = database.prepare(
      "SELECT DISTINCT host FROM notifications WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY host",
    );
    this.#due = database.prepare(
      `SELECT n.*, r.name AS run_name, s.project, s.domain FROM notifications n JOIN runs r ON r.id = n.run
         JOIN task_scopes s ON s.id = r.scope
       WHERE n.host = ? AND n.next_at <= ? ORDER BY n.next_at, n.id LIMIT ?`,
    );
    this.#next = database.prepare("SELECT min(next_at) AS next FROM notifications WHERE next_at > ?");
    this.#ofRun = database.prepare("SELECT * FROM notifications WHERE run = ? ORDER BY id");
    this.#failed = database.prepare(
      "UPDATE notifications SET attempts = attempts + 1, last_error = ?, next_at = ? WHERE id = ?",
    );
    this.#ended = database.prepare(
      "UPDATE notifications SET state = ?, attempts = attempts + 1, last_error = ?, next_at = NULL, ended_at = ? WHERE id = ?",
    );
  }

  add({ run, id, delivery, host, phase, error, createdAt }: NewNotification): void {
    this.#add.run(run, id, JSON.stringify(delivery), host, phaseCode(phase), error, createdAt, createdAt);
  }

  /** The destinations for which something is due. @param now - Milliseconds since 1970. */
  dueHosts(now: number): readonly string[] {
    return this.#hosts.all(now).map((row) => String(row["host"]));
  }

  /** Notifications that are due for a destination, the ones that wait longest first. */
  due(host: string, now: number, limit: number): readonly DueNotification[] {
    return this.#due.all(host, now, limit).map(toDue);
  }

  /** The time at which the next one is due after now. */
  nextAfter(now: number): number | undefined {
    const next = this.#next.get(now)?.["next"];
    return typeof next === "number" ? next : undefined;
  }

  ofRun(run: number): readonly NotificationRecord[] {
    return this.#ofRun.all(run).map(toRecord);
  }

  /** Notes an attempt that failed, and when the next one is due. */
  putOff(row: number, error: string, nextAt: number): void {
    this.#failed.run(error, nextAt, row);
  }

  /** Notes the last attempt. */
  end(row: number, state: "delivered" | "failed", error: string, at: number): void {
    this.#ended.run(state, error, at, row);
  }
}

function toDue(columns: Columns): DueNotification {
  return {
    row: Number(columns["id"]),
    host: String(columns["host"]),
    attempts: Number(columns["attempts"]),
    id: String(columns["message"]),
    run: {
      project: String(columns["project"]),
      domain: String(columns["domain"]),
      run: String(columns["run_name"]),
    },
    delivery: deliveryOf(columns),
    phase: phaseOf(columns["phase"]) as NotificationRecord["phase"],
    error: String(columns["error"]),
    createdAt: new Date(Number(columns["created_at"])),
  };
}

function toRecord(columns: Columns): NotificationRecord {
  const delivery = deliveryOf(columns);
  return {
    id: String(columns["message"]),
    kind: delivery.kind,
    destination: delivery.kind === "webhook" ? String(columns["host"]) : (delivery.to[0] ?? ""),
    phase: phaseOf(columns["phase"]) as NotificationRecord["phase"],
    state: String(columns["state"]) as NotificationRecord["state"],
    attempts: Number(columns["attempts"]),
    error: String(columns["last_error"]),
    createdAt: new Date(Number(columns["created_at"])),
    nextAt: timeOf(columns["next_at"]),
    endedAt: timeOf(columns["ended_at"]),
  };
}

function deliveryOf(columns: Columns): NotificationRule["delivery"] {
  return JSON.parse(String(columns["delivery"])) as NotificationRule["delivery"];
}

function timeOf(value: unknown): Date | undefined {
  return typeof value === "number" ? new Date(value) : undefined;
}

import type { DatabaseSync } from "node:sqlite";

/** An event as it is stored. Times are milliseconds since 1970. */
export interface EventRow {
  readonly id: number;
  readonly name: string;
  /** Empty: none. */
  readonly key: string;
  readonly sentAt: number;
  readonly keepUntil: number;
  /** The sender, as logs name it. */
  readonly sender: string;
  /** Written as the values of traces are. */
  readonly value: Uint8Array;
}

/** Events that are kept, and the last one that each run was given. */
export class EventTable {
  readonly #insert;
  readonly #byKey;
  readonly #next;
  readonly #list;
  readonly #count;
  readonly #purge;
  readonly #cursor;
  readonly #cursors;
  readonly #removeCursors;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO events (scope, name, key, sent_at, keep_until, idempotency_key, sender, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byKey = database.prepare("SELECT id, name, key FROM events WHERE scope = ? AND idempotency_key = ?");
    this.#next = database.prepare(
      `SELECT * FROM events WHERE scope = ? AND name = ? AND key = ? AND id > ? AND sent_at >= ? AND keep_until > ?
       ORDER BY id LIMIT 1`,
    );
    this.#list = database.prepare(
      "SELECT * FROM events WHERE scope = ? AND (? = '' OR name = ?) AND keep_until > ? ORDER BY id DESC LIMIT ?",
    );
    this.#count = database.prepare("SELECT count(*) AS n FROM events WHERE scope = ?");
    this.#purge = database.prepare("DELETE FROM events WHERE keep_until <= ?");
    this.#cursor = database.prepare("REPLACE INTO event_cursors (run, name, key, event) VALUES (?, ?, ?, ?)");
    this.#cursors = database.prepare("SELECT name, key, event FROM event_cursors WHERE run = ?");
    this.#removeCursors = database.prepare("DELETE FROM event_cursors WHERE run = ?");
  }

  /** Its id. */
  insert(scope: number, event: Omit<EventRow, "id">, idempotencyKey: string | undefined): number {
    const { name, key, sentAt, keepUntil, sender, value } = event;
    return Number(
      this.#insert.run(scope, name, key, sentAt, keepUntil, idempotencyKey ?? null, sender, value).lastInsertRowid,
    );
  }

  byIdempotencyKey(scope: number, key: string): Pick<EventRow, "id" | "name" | "key"> | undefined {
    const row = this.#byKey.get(scope, key);
    return row && { id: Number(row["id"]), name: String(row["name"]), key: String(row["key"]) };
  }

  /** The first event of a name and key that came after another one, was not sent before `since`, and is kept. */
  next(
    scope: number,
    asked: { readonly name: string; readonly key: string; readonly after: number; readonly since: number },
    now: number,
  ): EventRow | undefined {
    const row = this.#next.get(scope, asked.name, asked.key, asked.after, asked.since, now);
    return row && readEvent(row);
  }

  /** The newest first. @param name - Empty: all. */
  list(scope: number, name: string, now: number, limit: number): readonly EventRow[] {
    return this.#list.all(scope, name, name, now, limit).map(readEvent);
  }

  count(scope: number): number {
    return Number(this.#count.get(scope)?.["n"]);
  }

  /** Removes those whose time is over. */
  purge(now: number): void {
    this.#purge.run(now);
  }

  putCursor(run: number, name: string, key: string, event: number): void {
    this.#cursor.run(run, name, key, event);
  }

  /** The last event that a run was given, by `eventKey`. */
  cursorsOf(run: number): Map<string, number> {
    return new Map(
      this.#cursors.all(run).map((row) => [eventKey(String(row["name"]), String(row["key"])), Number(row["event"])]),
    );
  }

  removeCursors(run: number): void {
    this.#removeCursors.run(run);
  }
}

/** A name and a key, for maps. */
export function eventKey(name: string, key: string): string {
  return JSON.stringify([name, key]);
}

function readEvent(row: Readonly<Record<string, unknown>>): EventRow {
  return {
    id: Number(row["id"]),
    name: String(row["name"]),
    key: String(row["key"]),
    sentAt: Number(row["sent_at"]),
    keepUntil: Number(row["keep_until"]),
    sender: String(row["sender"]),
    value: row["value"] as Uint8Array,
  };
}

import type { DatabaseSync } from "node:sqlite";
import type { StreamEntry, StreamRecord, StreamSection } from "../contracts/streams.ts";
import { optional } from "./read-action.ts";

/** Maximum number of entries in a stream: the id of an entry is its stream's id times this, plus its offset. */
export const idsPerStream: number = 2 ** 20;

/** A stream as it is stored. */
export interface StreamRow extends StreamRecord {
  readonly id: number;
}

/** A section as it is stored. */
export interface SectionRow extends StreamSection {
  /** The trace in which its values were written, by its action's name; empty outside traces. */
  readonly trace: string;
}

const kinds = ["value", "restart", "close"] as const;

/** Streams of runs in the database. */
export class StreamTable {
  readonly #insert;
  readonly #update;
  readonly #insertSection;
  readonly #insertEntry;
  readonly #ofRun;
  readonly #byName;
  readonly #sections;
  readonly #lengths;
  readonly #entries;
  readonly #writtenBy;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO streams (run, name, entries, bytes, closed) VALUES (?, ?, 0, 0, 0)");
    this.#update = database.prepare("UPDATE streams SET entries = ?, bytes = ?, closed = ? WHERE id = ?");
    this.#insertSection = database.prepare("REPLACE INTO stream_sections VALUES (?, ?, ?, ?, ?, ?)");
    this.#insertEntry = database.prepare("INSERT INTO stream_entries VALUES (?, ?, ?, ?, ?)");
    this.#ofRun = database.prepare("SELECT * FROM streams WHERE run = ? ORDER BY name");
    this.#byName = database.prepare("SELECT * FROM streams WHERE run = ? AND name = ?");
    this.#sections = database.prepare("SELECT * FROM stream_sections WHERE stream = ? ORDER BY section");
    this.#lengths = database.prepare(
      "SELECT section, count(*) AS length FROM stream_entries WHERE id >= ? AND id < ? AND kind <> 1 GROUP BY section",
    );
    this.#entries = database.prepare("SELECT * FROM stream_entries WHERE id >= ? AND id < ? ORDER BY id LIMIT ?");
    this.#writtenBy = database.prepare(
      `SELECT DISTINCT name FROM streams JOIN stream_sections ON stream = id
       WHERE run = ? AND action = ? AND trace = ''`,
    );
  }

  /** Makes an empty stream; its id. */
  insert(run: number, name: string): number {
    return Number(this.#insert.run(run, name).lastInsertRowid);
  }

  writeTotals(id: number, { entries, bytes, closed }: Omit<StreamRecord, "name">): void {
    this.#update.run(entries, bytes, closed ? 1 : 0, id);
  }

  writeSection(id: number, { section, action, trace, attempt, replaces }: SectionRow): void {
    this.#insertSection.run(id, section, action, trace, attempt, replaces ?? null);
  }

  insertEntry(id: number, { offset, section, kind, at, value }: StreamEntry): void {
    const text = kind === "value" ? value : null;
    this.#insertEntry.run(id * idsPerStream + offset, section.section, kinds.indexOf(kind), at, text);
  }

  ofRun(run: number): readonly StreamRow[] {
    return this.#ofRun.all(run).map(toRow);
  }

  find(run: number, name: string): StreamRow | undefined {
    const row = this.#byName.get(run, name);
    return row && toRow(row);
  }

  /** In order. */
  sections(id: number): readonly SectionRow[] {
    return this.#sections.all(id).map((row) => ({
      section: Number(row["section"]),
      action: String(row["action"]),
      trace: String(row["trace"]),
      attempt: Number(row["attempt"]),
      replaces: optional(row["replaces"]),
    }));
  }

  /** Numbers of entries of sections, without restarts. */
  lengths(id: number): ReadonlyMap<number, number> {
    const rows = this.#lengths.all(id * idsPerStream, (id + 1) * idsPerStream);
    return new Map(rows.map((row) => [Number(row["section"]), Number(row["length"])]));
  }

  /** Entries from an offset on. */
  entries(id: number, from: number, limit: number, sections: readonly StreamSection[]): StreamEntry[] {
    const first = id * idsPerStream;
    return this.#entries.all(first + from, first + idsPerStream, limit).map((row) => ({
      offset: Number(row["id"]) - first,
      kind: kinds[Number(row["kind"])] ?? "value",
      section: sections[Number(row["section"])] as StreamSection,
      at: Number(row["at"]),
      value: row["value"] === null ? "" : String(row["value"]),
    }));
  }

  /** Names of the streams of a run that an action has written outside traces. */
  writtenBy(run: number, action: string): readonly string[] {
    return this.#writtenBy.all(run, action).map((row) => String(row["name"]));
  }
}

function toRow(row: Readonly<Record<string, unknown>>): StreamRow {
  return {
    id: Number(row["id"]),
    name: String(row["name"]),
    entries: Number(row["entries"]),
    bytes: Number(row["bytes"]),
    closed: row["closed"] === 1,
  };
}

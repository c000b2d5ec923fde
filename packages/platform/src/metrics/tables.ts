import type { DatabaseSync } from "node:sqlite";
import { together } from "@appenv-internal/state/database";
import type { AppId } from "@appenv/protocol";
import type { Chunk } from "./series.ts";

/** A chunk as it is read. */
export interface StoredChunk {
  /** The name of the replica; empty for the app. */
  readonly replica: string;
  readonly start: number;
  readonly points: Uint8Array;
}

/** A span of time in one kind of steps. Times in seconds since 1970. */
export interface ChunkSpan {
  readonly step: number;
  /** Chunks that begin at this time and later, */
  readonly from: number;
  /** and before this time. */
  readonly to: number;
  /** Reads the replicas too. */
  readonly byReplica: boolean;
}

/** Another version of the tables is not read: metrics are not worth a migration. */
export const tablesVersion = 1;

/** The tables of a new database. */
export const tables: string = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    app TEXT NOT NULL,
    replica TEXT NOT NULL,
    UNIQUE (project, domain, app, replica)
  ) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series INTEGER NOT NULL,
    step INTEGER NOT NULL,
    start INTEGER NOT NULL,
    points BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunks_of_series ON chunks (series, step, start);
  CREATE INDEX chunks_by_time ON chunks (step, start);
  PRAGMA user_version = ${tablesVersion};`;

/** Chunks of one series that are to be written. */
export interface SeriesChunks {
  readonly app: AppId;
  /** The name of the replica; empty for the app. */
  readonly replica: string;
  /** Chunks that are new or longer than when they were written before. */
  readonly chunks: readonly Chunk[];
}

/** The tables of an open database. Every method throws what SQLite throws. */
export class MetricsTables {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  /** The rows of chunks that were written. */
  readonly #rows: WeakMap<Chunk, number> = new WeakMap();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** Writes chunks, and deletes those that begin before a time, which is given for each length of steps. All or nothing. */
  write(written: readonly SeriesChunks[], oldest: Readonly<Record<number, number>>): void {
    const rows: (readonly [Chunk, number])[] = [];
    together(this.#database, () => {
      for (const { app, replica, chunks } of written) {
        const series = this.#seriesRow(app, replica);
        for (const chunk of chunks) rows.push([chunk, this.#writeChunk(series, chunk)]);
      }
      for (const [step, start] of Object.entries(oldest)) this.#statements.deleteBefore.run(Number(step), start);
    });
    for (const [chunk, row] of rows) this.#rows.set(chunk, row);
  }

  read({ project, domain, name }: AppId, { step, from, to, byReplica }: ChunkSpan): readonly StoredChunk[] {
    const rows = this.#statements.readChunks.all(project, domain, name, byReplica ? 1 : 0, step, from, to);
    return rows.map((row) => ({
      replica: String(row["replica"]),
      start: Number(row["start"]),
      points: row["points"] as Uint8Array,
    }));
  }

  /** True if the file is as large as it may become. */
  get isAtLimit(): boolean {
    const { pages, most } = this.#statements.size.get() as { readonly pages: number; readonly most: number };
    return pages >= most;
  }

  /** Deletes a tenth of all chunks, the oldest. */
  deleteOldest(): void {
    this.#database.exec(
      "DELETE FROM chunks WHERE id IN (SELECT id FROM chunks ORDER BY start LIMIT (SELECT count(*) / 10 + 1 FROM chunks))",
    );
  }

  /** Deletes series of which nothing is kept. */
  deleteEmptySeries(): void {
    this.#database.exec("DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.series = series.id)");
  }

  deleteApp({ project, domain, name }: AppId): void {
    this.#statements.deleteChunks.run(project, domain, name);
    this.#statements.deleteSeries.run(project, domain, name);
  }

  #seriesRow({ project, domain, name }: AppId, replica: string): number {
    return Number(this.#statements.addSeries.get(project, domain, name, replica)?.["id"]);
  }

  #writeChunk(series: number, chunk: Chunk): number {
    const bytes = Buffer.concat(chunk.points);
    const row = this.#rows.get(chunk);
    if (row !== undefined && Number(this.#statements.setPoints.run(bytes, row).changes) > 0) return row;
    return Number(this.#statements.addChunk.run(series, chunk.step, chunk.start, bytes).lastInsertRowid);
  }
}

function prepare(database: DatabaseSync) {
  const ofApp = "project = ? AND domain = ? AND app = ?";
  return {
    // An update without effect, so that the row is answered in any case.
    addSeries: database.prepare(
      `INSERT INTO series (project, domain, app, replica) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET replica = excluded.replica RETURNING id`,
    ),
    addChunk: database.prepare("INSERT INTO chunks (series, step, start, points) VALUES (?, ?, ?, ?)"),
    setPoints: database.prepare("UPDATE chunks SET points = ? WHERE id = ?"),
    readChunks: database.prepare(
      `SELECT replica, start, points FROM series JOIN chunks ON chunks.series = series.id
       WHERE ${ofApp} AND (replica = '' OR ?) AND step = ? AND start >= ? AND start < ? ORDER BY replica, start`,
    ),
    size: database.prepare(
      "SELECT page_count AS pages, max_page_count AS most FROM pragma_page_count, pragma_max_page_count",
    ),
    deleteBefore: database.prepare("DELETE FROM chunks WHERE step = ? AND start < ?"),
    deleteChunks: database.prepare(`DELETE FROM chunks WHERE series IN (SELECT id FROM series WHERE ${ofApp})`),
    deleteSeries: database.prepare(`DELETE FROM series WHERE ${ofApp}`),
  };
}

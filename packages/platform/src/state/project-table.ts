import type { DatabaseSync } from "node:sqlite";
import { storing } from "@appenv-internal/state/database";

/** A project that somebody created or described. */
export interface StoredProject {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It is hidden in lists; what is in it stays. */
  readonly isArchived: boolean;
}

/** The projects that somebody created or described. Every call is on disk when it returns. */
export interface ProjectStore {
  /** By their ids. */
  list(): readonly StoredProject[];
  get(id: string): StoredProject | undefined;
  /** @throws AppEnvError DISK_FULL, STATE_UNWRITABLE; nothing is changed then. */
  save(project: StoredProject): void;
}

/** The projects in the database. */
export function projectTable(database: DatabaseSync, file: string): ProjectStore {
  return {
    list: () =>
      database
        .prepare("SELECT * FROM projects ORDER BY id")
        .all()
        .map((row) => read(row)),
    get: (id) => {
      const row = database.prepare("SELECT * FROM projects WHERE id = ?").get(id);
      return row === undefined ? undefined : read(row);
    },
    save: ({ id, name, description, labels, isArchived }) => {
      storing(file, "cannot be written", () =>
        database
          .prepare("INSERT OR REPLACE INTO projects (id, name, description, labels, archived) VALUES (?, ?, ?, ?, ?)")
          .run(id, name, description, JSON.stringify(labels), Number(isArchived)),
      );
    },
  };
}

function read(row: Readonly<Record<string, unknown>>): StoredProject {
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    description: String(row["description"]),
    labels: JSON.parse(String(row["labels"])) as Record<string, string>,
    isArchived: row["archived"] === 1,
  };
}

import type { DatabaseSync } from "node:sqlite";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { StoredApp, StoredRevision } from "./app-store.ts";
import { storing } from "@appenv-internal/state/database";
import { readJson } from "./read-json.ts";

/** Number of an app's revisions that are kept beside those that get requests. */
const keptRevisions = 10;

/** The definitions apps had. Without transactions of its own. */
export interface RevisionTable {
  /** Newest first. @throws AppEnvError STATE_CORRUPTED. */
  of(id: AppId): readonly StoredRevision[];
  all(): readonly AppDefinition[];
  /** True if the definition of a revision has this text, of which nothing is escaped in JSON. */
  mentions(text: string): boolean;
  /** Keeps an app's definition as its revision, and forgets old ones. */
  keep(app: StoredApp): void;
  remove(id: AppId): void;
}

/** The revisions in the database. */
export function revisionTable(database: DatabaseSync, file: string): RevisionTable {
  const some = database.prepare(
    "SELECT * FROM app_revisions WHERE project = ? AND domain = ? AND name = ? ORDER BY revision DESC",
  );
  const all = database.prepare("SELECT name, definition FROM app_revisions");
  const mention = database.prepare("SELECT 1 FROM app_revisions WHERE instr(definition, ?) > 0 LIMIT 1");
  const upsert = database.prepare(
    `INSERT INTO app_revisions (project, domain, name, revision, definition, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET definition = excluded.definition`,
  );
  const forget = database.prepare(
    "DELETE FROM app_revisions WHERE project = ? AND domain = ? AND name = ? AND revision = ?",
  );
  const remove = database.prepare("DELETE FROM app_revisions WHERE project = ? AND domain = ? AND name = ?");
  const numbers = database.prepare(
    "SELECT revision FROM app_revisions WHERE project = ? AND domain = ? AND name = ? ORDER BY revision DESC LIMIT -1 OFFSET ?",
  );
  return {
    of: ({ project, domain, name }) =>
      storing(file, "cannot be read", () => some.all(project, domain, name)).map((row) => ({
        number: Number(row["revision"]),
        definition: readDefinition(row, file),
        createdAt: new Date(Number(row["created_at"])),
      })),
    all: () => storing(file, "cannot be read", () => all.all()).map((row) => readDefinition(row, file)),
    mentions: (text) => storing(file, "cannot be read", () => mention.get(text)) !== undefined,
    keep: ({ id, definition, revision, updatedAt, traffic, served }) => {
      const { project, domain, name } = id;
      upsert.run(project, domain, name, revision, JSON.stringify(definition), updatedAt.getTime());
      const weights = [...traffic, ...(served?.traffic ?? [])];
      const used = new Set([revision, served?.revision, ...weights.map((each) => each.revision)]);
      const old = numbers.all(project, domain, name, keptRevisions).map((row) => Number(row["revision"]));
      for (const number of old) if (!used.has(number)) forget.run(project, domain, name, number);
    },
    remove: ({ project, domain, name }) => void remove.run(project, domain, name),
  };
}

function readDefinition(row: Record<string, unknown>, file: string): AppDefinition {
  return readJson(row["definition"], `the definition of the app '${String(row["name"])}'`, file) as AppDefinition;
}

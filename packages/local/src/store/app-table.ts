import type { DatabaseSync } from "node:sqlite";
import type { AppDefinition } from "@appenv/protocol";
import type { AppStore, StoredApp } from "../contracts.ts";
import { storing } from "./database.ts";
import { corrupted } from "./inspect.ts";

/** The apps in the database. Definitions are JSON, so that the file can be read without AppEnv. */
export function appTable(database: DatabaseSync, file: string): AppStore {
  const all = database.prepare("SELECT * FROM apps ORDER BY created_at, name");
  const upsert = database.prepare(
    `INSERT INTO apps (project, domain, name, definition, revision, port, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project, domain, name) DO UPDATE SET definition = excluded.definition,
       revision = excluded.revision, port = excluded.port, updated_at = excluded.updated_at`,
  );
  const remove = database.prepare("DELETE FROM apps WHERE project = ? AND domain = ? AND name = ?");
  return {
    load: () => storing(file, "cannot be read", () => all.all()).map((row) => readApp(row, file)),
    save: (app) => {
      storing(file, `cannot take the app '${app.id.name}'`, () => upsert.run(...columns(app)));
    },
    remove: ({ project, domain, name }) => {
      storing(file, `cannot forget the app '${name}'`, () => remove.run(project, domain, name));
    },
  };
}

type Columns = [string, string, string, string, number, number, number, number];

function columns({ id, definition, revision, port, createdAt, updatedAt }: StoredApp): Columns {
  const { project, domain, name } = id;
  return [project, domain, name, JSON.stringify(definition), revision, port, createdAt.getTime(), updatedAt.getTime()];
}

function readApp(row: Record<string, unknown>, file: string): StoredApp {
  return {
    id: { project: String(row["project"]), domain: String(row["domain"]), name: String(row["name"]) },
    definition: readDefinition(String(row["definition"]), String(row["name"]), file),
    revision: Number(row["revision"]),
    port: Number(row["port"]),
    createdAt: new Date(Number(row["created_at"])),
    updatedAt: new Date(Number(row["updated_at"])),
  };
}

function readDefinition(json: string, name: string, file: string): AppDefinition {
  try {
    return JSON.parse(json) as AppDefinition;
  } catch (error) {
    throw corrupted(file, `the definition of the app '${name}' is no JSON`, error);
  }
}

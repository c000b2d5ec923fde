import type { DatabaseSync } from "node:sqlite";
import type { AppDefinition } from "@appenv/protocol";
import type { RevisionWeight } from "../apps/contract.ts";
import type { Failure } from "../apps/failure.ts";
import type { AppStore, ServedRevisions, StoredApp } from "./app-store.ts";
import { storing, together } from "@appenv-internal/state/database";
import { readJson } from "./read-json.ts";
import { revisionTable } from "./revision-table.ts";

/** The apps in the database. Definitions are JSON, so that the file can be read without AppEnv. */
export function appTable(database: DatabaseSync, file: string): AppStore {
  const all = database.prepare(
    `SELECT apps.*, coalesce((SELECT max(revision) FROM app_revisions AS kept WHERE kept.project = apps.project
       AND kept.domain = apps.domain AND kept.name = apps.name), apps.revision) AS last_revision
     FROM apps ORDER BY created_at, name`,
  );
  const upsert = database.prepare(
    `INSERT INTO apps (project, domain, name, definition, revision, port, created_at, updated_at, traffic, served, failure)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project, domain, name) DO UPDATE SET definition = excluded.definition, revision = excluded.revision,
       port = excluded.port, updated_at = excluded.updated_at, traffic = excluded.traffic, served = excluded.served,
       failure = excluded.failure`,
  );
  const remove = database.prepare("DELETE FROM apps WHERE project = ? AND domain = ? AND name = ?");
  const revisions = revisionTable(database, file);
  return {
    load: () => storing(file, "cannot be read", () => all.all()).map((row) => readApp(row, file)),
    revisions: (id) => revisions.of(id),
    launches: () => revisions.all().map(({ launch }) => launch),
    usesBundle: (uri) => revisions.mentions(uri),
    save: (app) => {
      storing(file, `cannot take the app '${app.id.name}'`, () =>
        together(database, () => {
          upsert.run(...columns(app));
          revisions.keep(app);
        }),
      );
    },
    remove: (id) => {
      storing(file, `cannot forget the app '${id.name}'`, () =>
        together(database, () => {
          remove.run(id.project, id.domain, id.name);
          revisions.remove(id);
        }),
      );
    },
  };
}

type Text = string | null;
type Columns = [string, string, string, string, number, number, number, number, string, Text, Text];

function columns({
  id,
  definition,
  revision,
  port,
  createdAt,
  updatedAt,
  traffic,
  served,
  failure,
}: StoredApp): Columns {
  const { project, domain, name } = id;
  const times = [createdAt.getTime(), updatedAt.getTime()] as const;
  const standing = [
    served === undefined ? null : JSON.stringify(served),
    failure === undefined ? null : JSON.stringify(failure),
  ] as const;
  const [wanted, weights] = [JSON.stringify(definition), JSON.stringify(traffic)];
  return [project, domain, name, wanted, revision, port, ...times, weights, ...standing];
}

function readApp(row: Record<string, unknown>, file: string): StoredApp {
  const name = String(row["name"]);
  return {
    id: { project: String(row["project"]), domain: String(row["domain"]), name },
    definition: readJson(row["definition"], `the definition of the app '${name}'`, file) as AppDefinition,
    revision: Number(row["revision"]),
    lastRevision: Math.max(Number(row["last_revision"]), Number(row["revision"])),
    port: Number(row["port"]),
    createdAt: new Date(Number(row["created_at"])),
    updatedAt: new Date(Number(row["updated_at"])),
    traffic: readJson(row["traffic"], `the traffic of the app '${name}'`, file) as readonly RevisionWeight[],
    ...(row["served"] === null ? {} : { served: readServed(row, file) }),
    ...(row["failure"] === null
      ? {}
      : { failure: readJson(row["failure"], `the failure of the app '${name}'`, file) as Failure }),
  };
}

function readServed(row: Record<string, unknown>, file: string): ServedRevisions {
  return readJson(row["served"], `what served as the app '${String(row["name"])}'`, file) as ServedRevisions;
}

import type { DatabaseSync } from "node:sqlite";

/** Number of a task's versions that are kept, beside those that something needs. */
export const keptVersions = 10;

/** A version of a task that nothing needs by itself. */
export interface OldVersion {
  readonly id: number;
  /** The row of the task's name. */
  readonly name: number;
  readonly scope: number;
  readonly version: string;
  /** The URI of its code; undefined: it has none here. */
  readonly bundle: string | undefined;
}

/**
 * True for a version that is among the newest of its task, was deployed of late, or that a trigger, a backfill that goes on,
 * a run or an action names.
 */
const isNeeded = (t: string): string => `(${t}.deployed_at > :since
  OR (${t}.deployed > 0 AND ${t}.deployed >= ifnull((SELECT newest.deployed FROM tasks newest WHERE newest.name = ${t}.name
    ORDER BY newest.deployed DESC LIMIT 1 OFFSET ${keptVersions - 1}), 0))
  OR EXISTS (SELECT 1 FROM runs r WHERE r.task = ${t}.id)
  OR EXISTS (SELECT 1 FROM actions a WHERE a.task IS NOT NULL AND a.task = ${t}.id)
  OR EXISTS (SELECT 1 FROM triggers g JOIN task_names gn ON gn.name = g.task_name JOIN task_scopes gs ON gs.id = gn.scope
    WHERE gn.id = ${t}.name AND gs.project = g.project AND gs.domain = g.domain AND g.task_version = ${t}.version)
  OR EXISTS (SELECT 1 FROM backfills b JOIN task_names bn ON bn.name = b.task_name JOIN task_scopes bs ON bs.id = bn.scope
    WHERE bn.id = ${t}.name AND bs.project = b.project AND bs.domain = b.domain AND b.phase = 'RUNNING'
      AND json_extract(b.trigger_json, '$.taskVersion') = ${t}.version))`;

/** Finds versions of tasks that nothing needs any more, and deletes them. Without transactions of its own. */
export class VersionTable {
  readonly #slice;
  readonly #some;
  readonly #isNeeded;
  readonly #remove;
  readonly #removeName;
  readonly #named;

  constructor(database: DatabaseSync) {
    this.#some = database.prepare(
      `SELECT t.id, t.name, n.scope, t.version, t.bundle FROM tasks t JOIN task_names n ON n.id = t.name
       WHERE t.id > :after AND t.id <= :last AND NOT ${isNeeded("t")} ORDER BY t.id`,
    );
    this.#slice = database.prepare(
      "SELECT max(id) AS last FROM (SELECT id FROM tasks WHERE id > ? ORDER BY id LIMIT ?)",
    );
    // Tasks of one version that were deployed together call one another.
    this.#isNeeded = database.prepare(
      `SELECT 1 FROM tasks o JOIN task_names n ON n.id = o.name
       WHERE o.version = :version AND n.scope = :scope AND ${isNeeded("o")} LIMIT 1`,
    );
    this.#remove = database.prepare("DELETE FROM tasks WHERE id = ?");
    this.#removeName = database.prepare(
      `DELETE FROM task_names WHERE id = ? AND latest IS NULL AND NOT EXISTS (SELECT 1 FROM tasks WHERE name = task_names.id)
         AND NOT EXISTS (SELECT 1 FROM runs WHERE task_name = task_names.id)`,
    );
    this.#named = database.prepare("SELECT 1 FROM tasks WHERE bundle = ? AND bundle IS NOT NULL LIMIT 1");
  }

  /** The last of some versions after one; undefined if there are no more. */
  lastAfter(after: number, limit: number): number | undefined {
    const last = this.#slice.get(after, limit)?.["last"];
    return typeof last === "number" ? last : undefined;
  }

  /** Versions that nothing needs by themselves. @param since - In milliseconds since 1970: later ones are needed. */
  some({ after, last }: { readonly after: number; readonly last: number }, since: number): readonly OldVersion[] {
    return this.#some.all({ ":after": after, ":last": last, ":since": since }).map((row) => ({
      id: Number(row["id"]),
      name: Number(row["name"]),
      scope: Number(row["scope"]),
      version: String(row["version"]),
      bundle: row["bundle"] === null ? undefined : String(row["bundle"]),
    }));
  }

  /** True if a task of this version, of the same project and domain, is needed. */
  isNeeded({ version, scope }: OldVersion, since: number): boolean {
    return this.#isNeeded.get({ ":version": version, ":scope": scope, ":since": since }) !== undefined;
  }

  /** Deletes a version, and the name if it was the last one and was never deployed. */
  remove({ id, name }: OldVersion): void {
    this.#remove.run(id);
    this.#removeName.run(name);
  }

  /** True if a version has this code. */
  names(bundle: string): boolean {
    return this.#named.get(bundle) !== undefined;
  }
}

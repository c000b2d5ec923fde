import type { DatabaseSync } from "node:sqlite";
import type { TaskDefinition, TaskId } from "@appenv/protocol";
import { bundleOf } from "@appenv/protocol/internal";
import type { TaskRecord } from "../contracts/tasks.ts";

/** A task with the ids of its rows. */
export interface StoredTask {
  /** Of this version. */
  readonly id: number;
  /** Of the name, all versions. */
  readonly name: number;
  readonly scope: number;
  readonly record: TaskRecord;
}

/** A project and domain with the id of their row. */
export interface ProjectDomain {
  readonly id: number;
  readonly project: string;
  readonly domain: string;
}

type Columns = Readonly<Record<string, unknown>>;

const joined = `SELECT t.*, n.name AS task_name, n.scope, s.project, s.domain FROM tasks t
  JOIN task_names n ON n.id = t.name JOIN task_scopes s ON s.id = n.scope`;

/** Tasks in the database. What has been read is kept: there are few of them. */
export class TaskTable {
  readonly #database: DatabaseSync;
  readonly #byKey: Map<string, StoredTask> = new Map();
  readonly #byId: Map<number, StoredTask> = new Map();
  readonly #scopes: Map<string, ProjectDomain> = new Map();
  readonly #findVersion;
  readonly #findId;
  readonly #findName;
  readonly #putName;
  readonly #putTask;
  readonly #setLatest;
  readonly #allScopes;
  readonly #getScope;
  readonly #putScope;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#findVersion = database.prepare(
      `${joined} WHERE s.project = ? AND s.domain = ? AND n.name = ? AND t.version = ?`,
    );
    this.#findId = database.prepare(`${joined} WHERE t.id = ?`);
    this.#findName = database.prepare(
      `SELECT n.id, n.scope, n.latest FROM task_names n JOIN task_scopes s ON s.id = n.scope
       WHERE s.project = ? AND s.domain = ? AND n.name = ?`,
    );
    this.#putName = database.prepare("INSERT INTO task_names (scope, name, deployed) VALUES (?, ?, 0)");
    this.#putTask = database.prepare(
      `INSERT INTO tasks (name, version, deployed, deployed_at, bundle, definition, spec) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name, version) DO UPDATE SET deployed = excluded.deployed, deployed_at = excluded.deployed_at,
         bundle = excluded.bundle, definition = excluded.definition, spec = excluded.spec`,
    );
    this.#setLatest = database.prepare("UPDATE task_names SET latest = ?, deployed = ? WHERE id = ?");
    this.#allScopes = database.prepare("SELECT * FROM task_scopes");
    this.#getScope = database.prepare("SELECT * FROM task_scopes WHERE project = ? AND domain = ?");
    this.#putScope = database.prepare("INSERT INTO task_scopes (project, domain) VALUES (?, ?)");
  }

  /** All projects and domains that have tasks or runs; an empty name stands for any. */
  scopes(project: string, domain: string): readonly ProjectDomain[] {
    const all = this.#allScopes.all().map(readScope);
    return all.filter(
      (scope) => (project === "" || scope.project === project) && (domain === "" || scope.domain === domain),
    );
  }

  /** The row of a project and domain, made if it is missing. */
  scope(project: string, domain: string): ProjectDomain {
    const known = this.findScope(project, domain);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#putScope.run(project, domain);
    return { id: Number(lastInsertRowid), project, domain };
  }

  findScope(project: string, domain: string): ProjectDomain | undefined {
    const key = JSON.stringify([project, domain]);
    const known = this.#scopes.get(key);
    if (known !== undefined) return known;
    const row = this.#getScope.get(project, domain);
    if (row === undefined) return undefined;
    const scope = readScope(row);
    if (!this.#database.isTransaction) this.#scopes.set(key, scope);
    return scope;
  }

  /** The project and domain of a row. */
  scopeById(id: number): ProjectDomain | undefined {
    return this.scopes("", "").find((scope) => scope.id === id);
  }

  find(id: Omit<TaskId, "version">, version: string): StoredTask | undefined {
    const key = keyOf(id, version);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const row = this.#findVersion.get(id.project, id.domain, id.name, version);
    return row === undefined ? undefined : this.#keep(key, row);
  }

  byId(id: number): StoredTask | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const row = this.#findId.get(id);
    return row === undefined ? undefined : this.#keep(keyOfRow(row), row);
  }

  /** The name's row, and the id of the version that was deployed last. */
  name(id: Omit<TaskId, "version">): { readonly id: number; readonly latest: number | undefined } | undefined {
    const row = this.#findName.get(id.project, id.domain, id.name);
    if (row === undefined) return undefined;
    return { id: Number(row["id"]), latest: row["latest"] === null ? undefined : Number(row["latest"]) };
  }

  /** Writes a task. @param order - Its place among all deployments; 0 for one that only a run brought along. */
  put(record: TaskRecord, order: number): StoredTask {
    const { project, domain, name, version } = record.id;
    const scope = this.scope(project, domain);
    const nameId = this.name(record.id)?.id ?? Number(this.#putName.run(scope.id, name).lastInsertRowid);
    const bundle = record.definition === undefined ? null : (bundleOf(record.definition.launch) ?? null);
    const definition = record.definition === undefined ? null : JSON.stringify(record.definition);
    this.#putTask.run(nameId, version, order, record.deployedAt.getTime(), bundle, definition, record.spec);
    this.#byKey.delete(keyOf(record.id, version));
    const row = this.#findVersion.get(project, domain, name, version) ?? {};
    const id = Number(row["id"]);
    if (order > 0) this.#setLatest.run(id, order, nameId);
    this.#byId.delete(id);
    return { id, name: nameId, scope: scope.id, record };
  }

  /** Forgets what has been read: rows were deleted. */
  forgetRead(): void {
    this.#byKey.clear();
    this.#byId.clear();
  }

  #keep(key: string, row: Columns): StoredTask {
    const task = readTask(row);
    // A row made within a transaction may be taken back.
    if (this.#database.isTransaction) return task;
    if (this.#byId.size >= mostKept) this.forgetRead();
    this.#byKey.set(key, task);
    this.#byId.set(task.id, task);
    return task;
  }
}

const mostKept = 2_000;

/** A row of tasks with its name and scope. */
export function readTask(row: Columns): StoredTask {
  const definition = row["definition"];
  const spec = row["spec"];
  return {
    id: Number(row["id"]),
    name: Number(row["name"]),
    scope: Number(row["scope"]),
    record: {
      id: {
        project: String(row["project"]),
        domain: String(row["domain"]),
        name: String(row["task_name"]),
        version: String(row["version"]),
      },
      definition: typeof definition === "string" ? (JSON.parse(definition) as TaskDefinition) : undefined,
      spec: spec instanceof Uint8Array ? spec : new Uint8Array(),
      deployedAt: new Date(Number(row["deployed_at"])),
    },
  };
}

function readScope(row: Columns): ProjectDomain {
  return { id: Number(row["id"]), project: String(row["project"]), domain: String(row["domain"]) };
}

function keyOf({ project, domain, name }: Omit<TaskId, "version">, version: string): string {
  return JSON.stringify([project, domain, name, version]);
}

function keyOfRow(row: Columns): string {
  return JSON.stringify([row["project"], row["domain"], row["task_name"], row["version"]]);
}

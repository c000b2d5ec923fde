import type { DatabaseSync } from "node:sqlite";
import type { TriggerDefinition } from "@appenv/protocol";
import { storing, together } from "@appenv-internal/state/database";
import { corrupted } from "@appenv-internal/state/inspect";
import type { TriggerId, TriggerRecord } from "../contracts/triggers.ts";

/** A trigger as it is stored. */
export interface StoredTrigger extends TriggerRecord {
  /** `task`: it came with its task, whose next deployment may take it away again; `api`: by a call of its own. */
  readonly origin: "task" | "api";
}

/** An entry's kind in a trigger's history. */
export type TriggerAction = "deploy" | "activate" | "deactivate" | "delete";

/** One entry of a trigger's history. */
export interface TriggerRevision {
  readonly revision: number;
  readonly action: TriggerAction;
  readonly at: Date;
}

/**
 * The triggers in the database. Every call is on disk when it returns; within a transaction, when that is. @throws
 * AppEnvError DISK_FULL, STATE_UNWRITABLE; within a transaction, SQLite's own error, for the code that began it.
 */
export interface TriggerTable {
  load(): StoredTrigger[];
  /** With `action`, an entry of the history too. */
  save(trigger: StoredTrigger, action?: TriggerAction): void;
  remove(trigger: StoredTrigger, at: Date): void;
  /** The last hundred entries, newest first. */
  history(id: TriggerId): TriggerRevision[];
}

/** Number of entries that are kept of a trigger's history. */
const keptEntries = 100;
/** Time for which the history of a trigger is kept that was deleted, in milliseconds: a week. */
const deletedMs = 7 * 86_400_000;

/** The triggers in the database. Definitions are JSON, so that the file can be read without AppEnv. */
export function triggerTable(database: DatabaseSync, file: string): TriggerTable {
  const all = database.prepare("SELECT * FROM triggers ORDER BY project, domain, task_name, name");
  const upsert = database.prepare(
    `INSERT INTO triggers (project, domain, task_name, name, task_version, origin, definition, revision, active,
       deployed_at, updated_at, triggered_at, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project, domain, task_name, name) DO UPDATE SET task_version = excluded.task_version,
       origin = excluded.origin, definition = excluded.definition, revision = excluded.revision,
       active = excluded.active, deployed_at = excluded.deployed_at, updated_at = excluded.updated_at,
       triggered_at = excluded.triggered_at, next_at = excluded.next_at`,
  );
  const remove = database.prepare(
    "DELETE FROM triggers WHERE project = ? AND domain = ? AND task_name = ? AND name = ?",
  );
  const note = database.prepare(
    `INSERT INTO trigger_revisions (project, domain, task_name, name, revision, action, at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofTrigger = "project = ?1 AND domain = ?2 AND task_name = ?3 AND name = ?4";
  const forget = database.prepare(
    `DELETE FROM trigger_revisions WHERE ${ofTrigger} AND rowid <= (SELECT rowid FROM trigger_revisions WHERE ${ofTrigger}
       ORDER BY rowid DESC LIMIT 1 OFFSET ${keptEntries})`,
  );
  const forgetDeleted = database.prepare(
    `DELETE FROM trigger_revisions WHERE at < ? AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.project = trigger_revisions.project
       AND t.domain = trigger_revisions.domain AND t.task_name = trigger_revisions.task_name AND t.name = trigger_revisions.name)`,
  );
  const notes = database.prepare(
    `SELECT revision, action, at FROM trigger_revisions
     WHERE project = ? AND domain = ? AND task_name = ? AND name = ? ORDER BY rowid DESC`,
  );
  const write = (what: string, action: () => void): void => {
    if (database.isTransaction) action();
    else storing(file, what, () => together(database, action));
  };
  return {
    load: () => storing(file, "cannot be read", () => all.all()).map((row) => readTrigger(row, file)),
    save: (trigger, action) =>
      write(`cannot take the trigger '${trigger.definition.name}'`, () => {
        upsert.run(...columns(trigger));
        if (action !== undefined) {
          note.run(...identity(idOf(trigger)), trigger.revision, action, trigger.updatedAt.getTime());
          forget.run(...identity(idOf(trigger)));
        }
      }),
    remove: (trigger, at) =>
      write(`cannot forget the trigger '${trigger.definition.name}'`, () => {
        remove.run(...identity(idOf(trigger)));
        note.run(...identity(idOf(trigger)), trigger.revision + 1, "delete", at.getTime());
        forget.run(...identity(idOf(trigger)));
        forgetDeleted.run(at.getTime() - deletedMs);
      }),
    history: (id) =>
      notes.all(...identity(id)).map((row) => ({
        revision: Number(row["revision"]),
        action: String(row["action"]) as TriggerAction,
        at: new Date(Number(row["at"])),
      })),
  };
}

/** A trigger's identity. */
export function idOf({ project, domain, taskName, definition }: TriggerRecord): TriggerId {
  return { project, domain, taskName, name: definition.name };
}

type Identity = [string, string, string, string];

function identity({ project, domain, taskName, name }: TriggerId): Identity {
  return [project, domain, taskName, name];
}

function columns(
  trigger: StoredTrigger,
): [...Identity, string, string, string, number, number, number, number, number | null, number | null] {
  return [
    ...identity(idOf(trigger)),
    trigger.taskVersion,
    trigger.origin,
    writeDefinition(trigger.definition),
    trigger.revision,
    trigger.definition.active ? 1 : 0,
    trigger.deployedAt.getTime(),
    trigger.updatedAt.getTime(),
    trigger.triggeredAt?.getTime() ?? null,
    trigger.nextAt?.getTime() ?? null,
  ];
}

/** A definition as JSON: the same text for the same definition. */
export function writeDefinition(definition: TriggerDefinition): string {
  const { name, automation, description, inputs, kickoffTimeInput, run } = definition;
  return JSON.stringify({
    name,
    automation,
    description,
    inputs: Buffer.from(inputs).toString("base64"),
    kickoffTimeInput,
    run,
  });
}

interface StoredDefinition extends Omit<TriggerDefinition, "inputs" | "active" | "automation"> {
  readonly inputs: string;
  readonly automation:
    | Extract<TriggerDefinition["automation"], { kind: "cron" }>
    | { readonly kind: "fixed-rate"; readonly everyMs: number; readonly startTime?: string };
}

function readDefinition(json: string, active: boolean): TriggerDefinition {
  const { automation, inputs, ...rest } = JSON.parse(json) as StoredDefinition;
  return {
    ...rest,
    kickoffTimeInput: rest.kickoffTimeInput,
    active,
    inputs: new Uint8Array(Buffer.from(inputs, "base64")),
    automation:
      automation.kind === "cron" ? automation : { ...automation, startTime: date(automation.startTime ?? null) },
  };
}

function readTrigger(row: Record<string, unknown>, file: string): StoredTrigger {
  const name = String(row["name"]);
  try {
    return {
      project: String(row["project"]),
      domain: String(row["domain"]),
      taskName: String(row["task_name"]),
      taskVersion: String(row["task_version"]),
      origin: row["origin"] === "api" ? "api" : "task",
      definition: readDefinition(String(row["definition"]), row["active"] === 1),
      revision: Number(row["revision"]),
      deployedAt: new Date(Number(row["deployed_at"])),
      updatedAt: new Date(Number(row["updated_at"])),
      triggeredAt: date(row["triggered_at"]),
      nextAt: date(row["next_at"]),
    };
  } catch (error) {
    throw corrupted(file, `the definition of the trigger '${name}' is no JSON`, error);
  }
}

function date(value: unknown): Date | undefined {
  if (value === null || value === undefined) return undefined;
  return new Date(typeof value === "string" ? value : Number(value));
}

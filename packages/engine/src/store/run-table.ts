import type { DatabaseSync } from "node:sqlite";
import type { RunSettings } from "@appenv/protocol";
import type { ActionError } from "@appenv/runtime";
import type { RunRecord } from "../contracts/runs.ts";
import { liveOutcome, sourceCode } from "./codes.ts";

/** A run as it is written, without its actions. */
export interface RunRow {
  readonly id: number;
  readonly scope: number;
  readonly name: string;
  readonly taskName: number;
  readonly task: number;
  readonly source: RunRecord["source"];
  readonly trigger: RunRecord["trigger"];
  readonly rerunOf: string | undefined;
  /** The run whose results are taken over. */
  readonly recovers: number | undefined;
  readonly settings: RunSettings;
}

type Columns = Readonly<Record<string, unknown>>;

/** Characters of an error that a list of runs shows and a search looks in; the whole of it is with the action. */
const longestError = 500;

/** Runs in the database. */
export class RunTable {
  readonly #insert;
  readonly #label;
  readonly #byName;
  readonly #byKey;
  readonly #live;
  readonly #end;
  readonly #count;
  readonly #recovered;
  readonly #outcome;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      // An id is used once: what is left of a deleted run still has it.
      `INSERT INTO runs (id, scope, name, task_name, task, outcome, source, trigger_task, trigger_name, rerun_of, recovers,
         idempotency_key, request_hash, settings, created_at)
       VALUES (max(ifnull((SELECT max(id) FROM runs), 0), (SELECT run FROM last_deleted)) + 1,
         ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#label = database.prepare("INSERT INTO run_labels (key, value, run) VALUES (?, ?, ?)");
    this.#byName = database.prepare("SELECT * FROM runs WHERE scope = ? AND name = ?");
    this.#byKey = database.prepare("SELECT * FROM runs WHERE scope = ? AND idempotency_key = ?");
    this.#live = database.prepare("SELECT DISTINCT r.* FROM actions a JOIN runs r ON r.id = a.run WHERE a.phase < 10");
    this.#recovered = database.prepare(
      `SELECT ifnull(o.name, r.rerun_of) AS name FROM runs r LEFT JOIN runs o ON o.id = r.recovers
       WHERE r.id = ? AND r.recovers IS NOT NULL`,
    );
    this.#end = database.prepare("UPDATE runs SET outcome = ?, ended_at = ?, error = ? WHERE id = ? AND outcome = 0");
    this.#outcome = database.prepare("SELECT outcome FROM runs WHERE id = ?");
    this.#count = database.prepare(
      `INSERT INTO run_counts SELECT scope, task_name, task, ifnull(trigger_task, ''), ifnull(trigger_name, ''),
         outcome, 1 FROM runs WHERE id = ?
       ON CONFLICT DO UPDATE SET runs = runs + 1`,
    );
  }

  /** Its id. @param createdAt - Milliseconds since 1970. */
  insert(run: Omit<RunRow, "id">, key: string | undefined, requestHash: string | undefined, createdAt: number): number {
    const { lastInsertRowid } = this.#insert.run(
      run.scope,
      run.name,
      run.taskName,
      run.task,
      liveOutcome,
      sourceCode(run.source),
      run.trigger?.taskName ?? null,
      run.trigger?.name ?? null,
      run.rerunOf ?? null,
      run.recovers ?? null,
      key ?? null,
      requestHash ?? null,
      writeSettings(run.settings),
      createdAt,
    );
    const id = Number(lastInsertRowid);
    for (const [name, value] of Object.entries(run.settings.labels)) this.#label.run(name, value, id);
    return id;
  }

  byName(scope: number, name: string): Columns | undefined {
    return this.#byName.get(scope, name);
  }

  byKey(scope: number, key: string): Columns | undefined {
    return this.#byKey.get(scope, key);
  }

  /** The name of the run that one recovers. */
  recoveredBy(id: number): string | undefined {
    const name = this.#recovered.get(id)?.["name"];
    return name === undefined ? undefined : String(name);
  }

  /** The code of its last phase, or of no end; undefined if there is no such run. */
  outcome(id: number): number | undefined {
    const outcome = this.#outcome.get(id)?.["outcome"];
    return outcome === undefined ? undefined : Number(outcome);
  }

  /** The runs that have not ended. */
  live(): readonly Columns[] {
    return this.#live.all();
  }

  /** @param outcome - The code of its last phase. @param endedAt - Milliseconds since 1970. */
  end(id: number, outcome: number, endedAt: number, error: ActionError | undefined): void {
    const text = error === undefined ? null : `${error.code}: ${error.message}`.slice(0, longestError);
    if (Number(this.#end.run(outcome, endedAt, text, id).changes) > 0) this.#count.run(id);
  }
}

const plain: RunSettings = { labels: {}, annotations: {}, envVars: {}, overwriteCache: false };
const plainText = JSON.stringify(plain);

/** Most runs have none: NULL then. */
function writeSettings({ labels, annotations, envVars, overwriteCache, ...queued }: RunSettings): string | null {
  const text = JSON.stringify({ labels, annotations, envVars, overwriteCache, ...queued });
  return text === plainText ? null : text;
}

/** The settings of a row. */
export function readSettings(text: unknown): RunSettings {
  return typeof text === "string" ? (JSON.parse(text) as RunSettings) : plain;
}

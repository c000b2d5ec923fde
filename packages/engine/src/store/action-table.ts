import type { DatabaseSync } from "node:sqlite";
import { filesIn } from "../objects/files-in.ts";
import type { Payload } from "../objects/objects.ts";
import { changing, changingColumns, errorColumns, fixed, fixedColumns } from "./action-columns.ts";
import { kindCode, phaseCode, phaseOf } from "./codes.ts";
import { optional, payloadOf } from "./read-action.ts";
import { idsPerRun, type ActionRow, type AttemptRow } from "./rows.ts";

type Columns = Readonly<Record<string, unknown>>;

/** Actions and their attempts in the database. */
export class ActionTable {
  readonly #insert;
  readonly #hold;
  readonly #update;
  readonly #attempt;
  readonly #byName;
  readonly #byId;
  readonly #live;
  readonly #ofRun;
  readonly #attempts;
  readonly #last;
  readonly #children;
  readonly #endedChildren;
  readonly #lastEnded;
  readonly #condition;
  readonly #openAttempts;
  readonly #reason;
  readonly #request;
  readonly #inTime;
  readonly #payloads;
  readonly #resultsBefore;

  constructor(database: DatabaseSync) {
    const columns = [...fixed, ...changing, "revision"];
    this.#insert = database.prepare(
      `INSERT INTO actions (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    this.#hold = database.prepare("INSERT OR IGNORE INTO file_holders (file, holder) VALUES (?, ?)");
    this.#update = database.prepare(
      `UPDATE actions SET revision = revision + 1, ${changing.map((column) => `${column} = ?`).join(", ")}
       WHERE id = ?`,
    );
    this.#attempt = database.prepare(`REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#byName = database.prepare("SELECT * FROM actions WHERE run = ? AND name = ?");
    // Inputs and outputs are not read where there may be many, or nobody asks for them.
    const light = columns.filter((column) => column !== "inputs" && column !== "outputs").join(", ");
    this.#byId = database.prepare(`SELECT ${light} FROM actions WHERE id = ?`);
    this.#live = database.prepare(
      `SELECT ${light} FROM actions INDEXED BY actions_live WHERE phase < 10 ORDER BY run, id`,
    );
    this.#ofRun = database.prepare(`SELECT ${light} FROM actions WHERE id > ? AND id < ? ORDER BY id LIMIT ?`);
    this.#attempts = database.prepare("SELECT * FROM attempts WHERE action = ? ORDER BY attempt");
    this.#last = database.prepare("SELECT max(id) AS id FROM actions WHERE id < ?");
    this.#children = database.prepare("SELECT name, label, task, kind FROM actions WHERE parent = ? ORDER BY id");
    this.#endedChildren = database.prepare(
      "SELECT name FROM actions WHERE parent = ? AND late = 0 AND ended_order IS NOT NULL ORDER BY ended_order",
    );
    this.#lastEnded = database.prepare("SELECT max(ended_order) AS last FROM actions WHERE id >= ? AND id < ?");
    this.#condition = database.prepare(
      "SELECT 1 FROM actions WHERE id >= ? AND id < ? AND kind = ? AND (label = ? OR name = ?) LIMIT 1",
    );
    this.#openAttempts = database.prepare("SELECT * FROM attempts WHERE action = ? AND attempt = ? AND phase < 10");
    this.#request = database.prepare(
      `UPDATE actions SET inputs_object = ?, inputs = ?, next_at = ?, deadline_at = ?, queue_key = ?, revision = revision + 1
       WHERE id = ?`,
    );
    this.#reason = database.prepare("UPDATE actions SET abort_reason = ?, revision = revision + 1 WHERE id = ?");
    this.#resultsBefore = database.prepare(
      "SELECT count(*) AS count FROM actions WHERE parent = ? AND phase >= 10 AND uncancelled = 0 AND late = 0",
    );
    this.#inTime = database.prepare("UPDATE actions SET late = 0 WHERE id = ?");
    this.#payloads = database.prepare(
      "SELECT inputs, inputs_object, outputs, outputs_object FROM actions WHERE id = ?",
    );
  }

  /** Inserts an action, or writes what has changed. */
  write(row: ActionRow): void {
    if (row.stored) this.#update.run(...changingColumns(row), row.id);
    else {
      this.#insert.run(...fixedColumns(row), ...changingColumns(row), 1);
      this.#holdFiles(row.id, row.inputs);
    }
    this.#holdFiles(row.id, row.outputs);
  }

  /** Notes the kept files that a payload names. Those of a large one are its own, whichever actions have it. */
  #holdFiles(id: number, payload: Payload | undefined): void {
    if (payload === undefined) return;
    const files = payload.bytes === undefined ? (payload.files ?? []) : filesIn(payload.bytes);
    for (const file of files) this.#hold.run(file, payload.object ?? String(id));
  }

  writeAttempt(row: AttemptRow): void {
    this.#attempt.run(
      row.action,
      row.attempt,
      phaseCode(row.phase),
      row.queuedAt,
      row.startedAt ?? null,
      row.endedAt ?? null,
      ...errorColumns(row.error),
    );
  }

  /** Gives a run that has not begun the inputs of another request, and another begin. */
  writeRequest(
    id: number,
    inputs: Payload,
    { nextAt, deadlineAt, queueKey }: Pick<ActionRow, "nextAt" | "deadlineAt" | "queueKey">,
  ): void {
    const key = queueKey === "" ? null : queueKey;
    this.#request.run(inputs.object ?? null, inputs.bytes ?? null, nextAt ?? null, deadlineAt ?? null, key, id);
  }

  writeAbortReason(id: number, reason: string): void {
    this.#reason.run(reason, id);
  }

  /** It did not end after its parent was cancelled, as far as later attempts go. */
  writeInTime(id: number): void {
    this.#inTime.run(id);
  }

  byName(run: number, name: string): Columns | undefined {
    return this.#byName.get(run, name);
  }

  byId(id: number): Columns | undefined {
    return this.#byId.get(id);
  }

  /** All that have not ended, the oldest first. */
  live(): readonly Columns[] {
    return this.#live.all();
  }

  /** Of a run, those after `id`, in order of their creation. */
  ofRun(run: number, id: number, limit: number): readonly Columns[] {
    return this.#ofRun.all(Math.max(id, run * idsPerRun - 1), (run + 1) * idsPerRun, limit);
  }

  /** The highest id in a run; undefined if it has no action. */
  lastOf(run: number): number | undefined {
    const id = this.#last.get((run + 1) * idsPerRun)?.["id"];
    return id === null || Number(id) < run * idsPerRun ? undefined : Number(id);
  }

  attempts(action: number): readonly Columns[] {
    return this.#attempts.all(action);
  }

  children(action: number): readonly Columns[] {
    return this.#children.all(action);
  }

  /** Names of the children that have ended, in the order in which their parent was told. */
  endedChildren(action: number): readonly string[] {
    return this.#endedChildren.all(action).map((row) => String(row["name"]));
  }

  /** The last count of an end in a run. */
  lastEnded(run: number): number {
    return Number(this.#lastEnded.get(run * idsPerRun, (run + 1) * idsPerRun)?.["last"] ?? 0);
  }

  /** True if a run has asked for a condition of this name. */
  hasCondition(run: number, name: string): boolean {
    const [from, to] = [run * idsPerRun, (run + 1) * idsPerRun];
    return this.#condition.get(from, to, kindCode("condition"), name, name) !== undefined;
  }

  /** An attempt that had not ended when it was written. */
  openAttempt(action: number, attempt: number): AttemptRow | undefined {
    const row = this.#openAttempts.get(action, attempt);
    if (row === undefined) return undefined;
    return {
      action,
      attempt,
      queuedAt: Number(row["queued_at"]),
      phase: phaseOf(row["phase"]),
      startedAt: optional(row["started_at"]),
      endedAt: undefined,
      error: undefined,
    };
  }

  /** The number of children that ended before their parent was cancelled, without those of `uncancelled` scopes. */
  resultsBeforeCancellation(action: number): number {
    return Number(this.#resultsBefore.get(action)?.["count"]);
  }

  inputs(id: number): Payload | undefined {
    return payloadOf(this.#payloads.get(id), "inputs");
  }

  outputs(id: number): Payload | undefined {
    return payloadOf(this.#payloads.get(id), "outputs");
  }
}

import { randomInt } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { traceText } from "@appenv/core/internal";
import { readSchedule, resolveDelay } from "@appenv/protocol/tasks";
import type { NewRun, RunRecord } from "../contracts/runs.ts";
import { runRecord } from "../store/read-records.ts";
import { idsPerRun, type ActionRow } from "../store/rows.ts";
import type { StoredTask } from "../store/task-table.ts";
import type { ActionStarter } from "../actions/start-action.ts";
import type { EngineContext } from "../live/context.ts";
import { prepare, recovered, type Prepared } from "./prepare-run.ts";
import { addAction, newFollowers, newRow, type RunState } from "../live/state.ts";
import { withInherited } from "./rerun-from.ts";
import { planOf } from "./rerun-plan.ts";
import { earlierRun, recurring } from "./recurrence.ts";
import { keyOf } from "../attempts/worker-spec.ts";

/** A run as it was written; without `made` if its key was used before. */
interface Accepted {
  readonly name: string;
  readonly made?: MadeRun;
  /** Called once it is on disk. */
  readonly stored?: () => void;
}

interface MadeRun {
  readonly run: RunState;
  readonly root: ActionRow;
  readonly task: StoredTask;
}

/** Accepts a run: it is on disk when this resolves. See `TaskEngine.acceptRun`. */
export async function acceptRun(context: EngineContext, starter: ActionStarter, asked: NewRun): Promise<RunRecord> {
  if (context.closed) throw platformEnds();
  const prepared = await prepare(context, asked);
  const accepted = await context.store.committer.commit(
    () => accept(context, prepared),
    (made) => begin(context, starter, made),
  );
  return recordOf(context, asked, accepted);
}

/** Accepts runs in one transaction, all or none. See `TaskEngine.createRuns`. */
export async function acceptRuns(
  context: EngineContext,
  starter: ActionStarter,
  asked: readonly NewRun[],
): Promise<readonly RunRecord[]> {
  if (context.closed) throw platformEnds();
  const { committer, database } = context.store;
  const prepared: Prepared[] = [];
  for (const run of asked) prepared.push(await prepare(context, run));
  const accepted = await committer.commit(
    () => together(database, () => prepared.map((run) => accept(context, run))),
    (all) => all.forEach((each) => begin(context, starter, each)),
  );
  return accepted.map((each, index) => recordOf(context, asked[index] as NewRun, each));
}

function platformEnds(): AppEnvError {
  return new AppEnvError("STATE_UNWRITABLE", "The platform ends, and takes no more runs.");
}

/** All that `write` writes, or nothing: one refusal among them takes back those before it. */
function together<T>(database: DatabaseSync, write: () => T): T {
  database.exec("SAVEPOINT batch");
  try {
    return write();
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK TO batch");
    throw error;
  } finally {
    if (database.isTransaction) database.exec("RELEASE batch");
  }
}

function recordOf(context: EngineContext, asked: NewRun, { name, made }: Accepted): RunRecord {
  return made === undefined ? read(context, asked, name) : newRecord(asked, made);
}

/** A run as it was accepted; to read it from the database would say the same. */
function newRecord({ source, trigger, rerunOf, recover, rerunFrom }: NewRun, { run, root, task }: MadeRun): RunRecord {
  const { project, domain, run: name, settings } = run;
  const { id } = task.record;
  const createdAt = new Date(root.createdAt);
  const none = { startedAt: undefined, endedAt: undefined, error: undefined };
  return {
    id: { project, domain, run: name },
    root: {
      ...none,
      id: { project, domain, run: name, action: root.name },
      kind: "task",
      parent: undefined,
      group: "",
      name: id.name,
      task: id,
      condition: undefined,
      phase: "QUEUED",
      createdAt,
      ...(root.nextAt !== undefined && { scheduledAt: new Date(root.nextAt) }),
      attempts: [{ ...none, attempt: 1, phase: "QUEUED", queuedAt: new Date(root.nextAt ?? root.createdAt) }],
      cache: "disabled",
      abort: undefined,
      progress: undefined,
      hasReport: false,
      revision: 1,
    },
    settings,
    source,
    trigger,
    rerunOf: rerunOf ?? recover,
    recovers: recover !== undefined,
    rerunFrom: rerunFrom?.actions ?? [],
  };
}

function read({ store }: EngineContext, { project, domain }: NewRun, name: string): RunRecord {
  const scope = store.tasks.findScope(project, domain);
  const row = scope === undefined ? undefined : store.runs.byName(scope.id, name);
  if (scope === undefined || row === undefined) throw new AppEnvError("NOT_FOUND", `There is no run '${name}'.`);
  return runRecord(store, scope, row);
}

/** Within the transaction. @throws AppEnvError RUN_EXISTS, IDEMPOTENCY_CONFLICT, NOT_FOUND, INVALID_INPUT. */
function accept(context: EngineContext, { asked, payload, differences, requestHash }: Prepared): Accepted {
  const { store, clock } = context;
  const { project, domain, idempotencyKey: key } = asked;
  const known = store.tasks.findScope(project, domain);
  const earlier = known === undefined || key === undefined ? undefined : store.runs.byKey(known.id, key);
  if (earlier !== undefined) return { name: sameRequest(asked, earlier, requestHash) };
  if (known !== undefined && asked.name !== undefined && store.runs.byName(known.id, asked.name) !== undefined) {
    throw new AppEnvError("RUN_EXISTS", `There is a run '${asked.name}' in ${project}/${domain} already.`);
  }
  if (known !== undefined && asked.name !== undefined && store.deletions.hasName(known.id, asked.name)) {
    throw new AppEnvError("RUN_EXISTS", `The run '${asked.name}' in ${project}/${domain} is still being deleted.`, {
      fix: "Try again in a moment, or choose another name.",
    });
  }
  const recovers = asked.recover === undefined ? undefined : recovered(context, known?.id, asked, asked.recover);
  const scope = known ?? store.tasks.scope(project, domain);
  const task = store.tasks.find(asked.task.id, asked.task.id.version) ?? store.tasks.put(asked.task, 0);
  const name = asked.name ?? madeUpName();
  const now = clock.now();
  const settings = { ...asked.settings, annotations: resolveDelay(asked.settings.annotations, now) };
  const rule = recurring({ ...asked, settings }, task.name, now);
  const instead = rule && earlierRun(context, rule, asked, payload, now);
  if (instead !== undefined) return { name: instead.name, stored: instead.stored };
  const due = Math.max(readSchedule(settings.annotations).startAt?.getTime() ?? rule?.due ?? now, now);
  const { source, trigger } = asked;
  const rerunOf = asked.rerunOf ?? asked.recover;
  const fields = { scope: scope.id, name, taskName: task.name, task: task.id, source, trigger, rerunOf, recovers };
  const id = store.runs.insert({ ...fields, settings }, key, requestHash, now);
  if (recovers !== undefined) {
    for (const row of withInherited(differences, store.reruns.ofRun(recovers))) store.reruns.put(id, row);
  }
  const deadlineMs = asked.task.definition?.settings.deadlineMs;
  const root = newRow({
    id: id * idsPerRun,
    run: id,
    name: "a0",
    kind: "task",
    task: task.id,
    createdAt: now,
    queuedAt: now,
    ...(due > now && { nextAt: due }),
    deadlineAt: deadlineMs === undefined ? undefined : due + deadlineMs,
    inputs: payload,
    trace: settings.trace && traceText(settings.trace),
    ...orderOf(asked),
  });
  store.actions.write(root);
  if (rule !== undefined) store.recentRuns.put(rule.of, id, now);
  const run: RunState = {
    project,
    domain,
    run: name,
    row: id,
    settings,
    recovers,
    rerun: planOf(store, id, recovers),
    live: new Map(),
    followers: newFollowers(),
    last: 0,
    ended: 0,
    eventCursors: new Map(),
    signals: new Map(),
  };
  return { name, made: { run, root, task } };
}

/** The place of a run among others. */
function orderOf({ task, inputs, settings }: NewRun): Pick<ActionRow, "queueKey" | "priority"> {
  const { definition } = task;
  return {
    queueKey: settings.queueKey ?? keyOf(definition, inputs),
    priority: settings.priority ?? definition?.settings.priority ?? 0,
  };
}

function sameRequest(asked: NewRun, row: Readonly<Record<string, unknown>>, requestHash: string | undefined): string {
  const name = String(row["name"]);
  if (row["request_hash"] === requestHash) return name;
  throw new AppEnvError(
    "IDEMPOTENCY_CONFLICT",
    `The idempotency key '${(asked.idempotencyKey ?? "").slice(0, 60)}' made the run '${name}', of another task or with other inputs.`,
  );
}

function begin(context: EngineContext, starter: ActionStarter, { made, stored }: Accepted): void {
  stored?.();
  if (made === undefined) return;
  const { run, root, task } = made;
  root.stored = true;
  context.runs.set(run.row, run);
  const action = addAction(run, root, undefined, task);
  context.touch(action);
  starter.start(action);
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** As Flyte names them: `r` and 19 letters and digits. */
function madeUpName(): string {
  return `r${Array.from({ length: 19 }, () => letters[randomInt(letters.length)]).join("")}`;
}

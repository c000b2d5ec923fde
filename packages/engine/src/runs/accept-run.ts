import { createHash, randomInt } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import {
  completeInputs,
  fillInputs,
  inputsHash,
  readSchedule,
  resolveDelay,
  TaskSpecSchema,
  type TaskSpec,
} from "@appenv/protocol/tasks";
import type { NewRun, RunRecord } from "../contracts/runs.ts";
import type { TaskRecord } from "../contracts/tasks.ts";
import type { Payload } from "../objects/objects.ts";
import { liveOutcome } from "../store/codes.ts";
import { runRecord } from "../store/read-records.ts";
import { idsPerRun, type ActionRow } from "../store/rows.ts";
import type { StoredTask } from "../store/task-table.ts";
import type { ActionStarter } from "../actions/start-action.ts";
import type { EngineContext } from "../live/context.ts";
import { addAction, newFollowers, newRow, type RunState } from "../live/state.ts";
import type { RerunRow } from "../store/rerun-table.ts";
import { readDifferences, withInherited } from "./rerun-from.ts";
import { planOf } from "./rerun-plan.ts";
import { keyOf } from "../attempts/worker-spec.ts";
import { tooLarge } from "../attempts/retry-decision.ts";

/** A run as it was written; without `made` if its key was used before. */
interface Accepted {
  readonly name: string;
  readonly made?: MadeRun;
}

interface MadeRun {
  readonly run: RunState;
  readonly root: ActionRow;
  readonly task: StoredTask;
}

/** Accepts a run: it is on disk when this resolves. See `TaskEngine.acceptRun`. */
export async function acceptRun(context: EngineContext, starter: ActionStarter, asked: NewRun): Promise<RunRecord> {
  if (context.closed) throw new AppEnvError("STATE_UNWRITABLE", "The platform ends, and takes no more runs.");
  const inputs = checkedInputs(asked);
  if (asked.name !== undefined) checkName(asked.name);
  const payload = await context.store.objects.put(inputs);
  const differences = await differencesOf(context, asked);
  const requestHash = asked.idempotencyKey === undefined ? undefined : hashOf(asked, asked.statedInputs ?? inputs);
  const { name, made } = await context.store.committer.commit(
    () => accept(context, { ...asked, inputs }, payload, differences, requestHash),
    (accepted) => begin(context, starter, accepted),
  );
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

function specOf({ spec }: TaskRecord): TaskSpec {
  return fromBinary(TaskSpecSchema, spec);
}

/** @throws AppEnvError UNSUPPORTED, INVALID_INPUT, PAYLOAD_TOO_LARGE. */
function checkedInputs({ task, inputs }: NewRun): Uint8Array {
  const { definition } = task;
  if (definition === undefined) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `The task '${task.id.name}' has no container, so this platform cannot run it.`,
      {
        fix: "Run it on a Flyte cluster.",
      },
    );
  }
  // Only the SDK of a task knows all of its types: its values stay as they were written.
  const isOwn = definition.launch.kind === "bundle";
  const filled = isOwn ? fillInputs(definition.interface, inputs) : completeInputs(specOf(task), inputs);
  const { maxInlineBytes } = definition.settings;
  if (filled.byteLength <= maxInlineBytes) return filled;
  throw new AppEnvError(
    "PAYLOAD_TOO_LARGE",
    tooLarge(`The input of '${task.id.name}'`, filled.byteLength, maxInlineBytes),
  );
}

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) return;
  throw new AppEnvError("INVALID_INPUT", `The run's name '${name.slice(0, 60)}' does not fit Flyte's rule.`, {
    fix: "Use at most 30 characters: lower case letters, digits and hyphens, with a letter or digit at both ends.",
  });
}

/** The identity of a request, whatever version is deployed meanwhile. */
function hashOf({ task, recover, rerunFrom }: NewRun, inputs: Uint8Array): string {
  const { project, domain, name } = task.id;
  const { actions = [], inputs: others = new Map<string, Uint8Array>() } = rerunFrom ?? {};
  const edited = [...others].map(([action, bytes]) => [action, inputsHash(bytes)]);
  const from = actions.length === 0 ? [] : [recover, actions, edited];
  return createHash("sha256")
    .update(JSON.stringify([project, domain, name, inputsHash(inputs), ...from]))
    .digest("base64");
}

async function differencesOf(context: EngineContext, asked: NewRun): Promise<readonly RerunRow[]> {
  const { project, domain, rerunFrom, recover } = asked;
  if (rerunFrom === undefined) return [];
  if (recover === undefined)
    throw new AppEnvError("INVALID_INPUT", "Actions run again in a run that recovers another.");
  const scope = context.store.tasks.findScope(project, domain);
  return readDifferences(context, recovered(context, scope?.id, asked, recover), asked);
}

/** Within the transaction. @throws AppEnvError RUN_EXISTS, IDEMPOTENCY_CONFLICT, NOT_FOUND, INVALID_INPUT. */
function accept(
  context: EngineContext,
  asked: NewRun,
  payload: Payload,
  differences: readonly RerunRow[],
  requestHash: string | undefined,
): Accepted {
  const { store, clock } = context;
  const { project, domain, idempotencyKey: key } = asked;
  const known = store.tasks.findScope(project, domain);
  const earlier = known === undefined || key === undefined ? undefined : store.runs.byKey(known.id, key);
  if (earlier !== undefined) return { name: sameRequest(asked, earlier, requestHash) };
  if (known !== undefined && asked.name !== undefined && store.runs.byName(known.id, asked.name) !== undefined) {
    throw new AppEnvError("RUN_EXISTS", `There is a run '${asked.name}' in ${project}/${domain} already.`);
  }
  const recovers = asked.recover === undefined ? undefined : recovered(context, known?.id, asked, asked.recover);
  const scope = known ?? store.tasks.scope(project, domain);
  const task = store.tasks.find(asked.task.id, asked.task.id.version) ?? store.tasks.put(asked.task, 0);
  const name = asked.name ?? madeUpName();
  const now = clock.now();
  const settings = { ...asked.settings, annotations: resolveDelay(asked.settings.annotations, now) };
  const due = Math.max(readSchedule(settings.annotations).startAt?.getTime() ?? now, now);
  const { source, trigger } = asked;
  const rerunOf = asked.rerunOf ?? asked.recover;
  const fields = { scope: scope.id, name, taskName: task.name, task: task.id, source, trigger, rerunOf, recovers };
  const id = store.runs.insert({ ...fields, settings }, key, requestHash);
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
    ...orderOf(asked),
  });
  store.actions.write(root);
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

function recovered(context: EngineContext, scope: number | undefined, asked: NewRun, name: string): number {
  const row = scope === undefined ? undefined : context.store.runs.byName(scope, name);
  if (row === undefined) {
    throw new AppEnvError("NOT_FOUND", `There is no run '${name}' in ${asked.project}/${asked.domain} to recover.`);
  }
  if (Number(row["outcome"]) !== liveOutcome) return Number(row["id"]);
  throw new AppEnvError("INVALID_INPUT", `The run '${name}' has not ended; there is nothing to recover yet.`, {
    fix: "Wait for it, or abort it first.",
  });
}

function begin(context: EngineContext, starter: ActionStarter, { made }: Accepted): void {
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

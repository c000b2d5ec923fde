import { hash } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import { traceText } from "@appenv/core/internal";
import { inputsHash } from "@appenv/protocol/tasks";
import type { ActionRequest } from "@appenv/runtime";
import type { Payload } from "../objects/objects.ts";
import { payloadOf } from "../store/read-action.ts";
import type { StoredTask } from "../store/task-table.ts";
import type { ActionStarter } from "../actions/start-action.ts";
import { beginWaiting } from "./answers.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import { keptRow } from "./kept-results.ts";
import { keep } from "../live/keep-payload.ts";
import { newAction } from "../actions/new-action.ts";
import type { ActionState, AttemptState } from "../live/state.ts";
import { keyOf } from "../attempts/worker-spec.ts";
import { tooLarge } from "../attempts/retry-decision.ts";

type TaskRequest = Extract<ActionRequest, { kind: "task" }>;

/** Maximum depth of nested calls. */
const deepest = 100;

/**
 * Makes a child that nobody has asked for before, and runs it.
 *
 * @throws AppEnvError NOT_FOUND, UNSUPPORTED, PAYLOAD_TOO_LARGE, TASK_CYCLE, TOO_MANY_ACTIONS.
 */
export function createChild(
  context: EngineContext,
  starter: ActionStarter,
  attempt: AttemptState,
  request: TaskRequest,
): void {
  const parent = attempt.action;
  const { name, group = "", inputs } = request;
  const task = findTask(context, parent, request);
  const settings = task.record.definition?.settings;
  checkSize(request, settings?.maxInlineBytes ?? 0);
  const digest = digestOf(inputs);
  checkCycle(context, parent, task, digest);
  const deadlineAt = settings?.deadlineMs === undefined ? undefined : context.clock.now() + settings.deadlineMs;
  const fields = { name, kind: "task", group, task: task.id, uncancelled: request.uncancelled === true } as const;
  const other = parent.run.rerun?.inputs.get(name);
  // Called by something urgent, it is urgent too.
  const order = {
    priority: settings?.priority ?? parent.row.priority,
    queueKey: keyOf(task.record.definition, other === undefined ? inputs : context.store.objects.get(other)),
  };
  const trace = request.trace && traceText(request.trace);
  const child = newAction(context, parent, { ...fields, ...order, deadlineAt, trace }, task);
  child.digest = other === undefined ? digest : undefined;
  child.waiters.push({ attempt, call: request.call });
  beginWaiting(context, attempt);
  const start = (stored: Payload): void => {
    if (child.outcome !== undefined) return;
    child.row.inputs = stored;
    begin(context, starter, child);
  };
  if (other === undefined) keep(context, child, inputs, start);
  else start(other);
}

function begin(context: EngineContext, starter: ActionStarter, child: ActionState): void {
  try {
    if (takeOver(context, child)) return;
  } catch (error) {
    context.log(child, `What it succeeded in before cannot be taken over: ${String(error)}`);
  }
  starter.start(child);
}

function findTask(context: EngineContext, parent: ActionState, { task: name, deployed }: TaskRequest): StoredTask {
  if (deployed !== undefined) checkPlace(parent, name, deployed);
  const { project, domain, version } = deployed ?? (parent.task as StoredTask).record.id;
  const task = context.store.tasks.find({ project, domain, name }, version);
  if (task === undefined) {
    throw new AppEnvError("NOT_FOUND", `There is no task '${name}' of version ${version} in ${project}/${domain}.`, {
      fix:
        deployed === undefined
          ? "Deploy the environment of that task together with its caller's: name it in `dependsOn`."
          : "Look at the versions there are: `appenv get task`.",
    });
  }
  if (task.record.definition !== undefined) return task;
  throw new AppEnvError("UNSUPPORTED", `The task '${name}' has no container, so this platform cannot run it.`);
}

/** A task is run with the secrets and the name of the run's project, so it must be of that. @throws AppEnvError PERMISSION_DENIED. */
function checkPlace(
  { run }: ActionState,
  task: string,
  { project, domain }: NonNullable<TaskRequest["deployed"]>,
): void {
  if (project === run.project && domain === run.domain) return;
  throw new AppEnvError(
    "PERMISSION_DENIED",
    `A run of ${run.project}/${run.domain} calls tasks of its own project and domain, and '${task}' is of ${project}/${domain}.`,
    { fix: "Deploy that task there too, or start a run of it: `(await Task.get(name, { project })).run(inputs)`." },
  );
}

function checkSize({ task, inputs }: TaskRequest, limit: number): void {
  if (inputs.byteLength <= limit) return;
  throw new AppEnvError("PAYLOAD_TOO_LARGE", tooLarge(`The input of '${task}'`, inputs.byteLength, limit));
}

function checkCycle(context: EngineContext, parent: ActionState, task: StoredTask, digest: string): void {
  if (parent.depth + 1 > deepest) {
    throw new AppEnvError("TASK_CYCLE", `Calls are nested more than ${deepest} deep: ${pathOf(parent, task)}.`);
  }
  for (let each: ActionState | undefined = parent; each !== undefined; each = each.parent) {
    if (each.task?.id !== task.id) continue;
    each.digest ??= digestOf(context.inputsOf(each));
    if (each.digest === digest) {
      throw new AppEnvError("TASK_CYCLE", `A task calls itself with the same inputs: ${pathOf(parent, task)}.`);
    }
  }
}

/** The last tasks of a chain of calls. */
function pathOf(parent: ActionState, task: StoredTask): string {
  const names = [task.record.id.name];
  let each: ActionState | undefined = parent;
  for (; each !== undefined && names.length < 10; each = each.parent) names.unshift(each.task?.record.id.name ?? "?");
  return `${each === undefined ? "" : "... "}${names.join(" -> ")}`;
}

/** Takes over the result that the recovered run has of the same call. Returns whether there is one. */
function takeOver(context: EngineContext, child: ActionState): boolean {
  const row = child.parent && keptRow(context, child.parent, child.row.name);
  if (row === undefined) return false;
  const what = child.task?.record.id.name ?? "";
  if (row["task"] !== child.row.task) {
    const other = context.store.tasks.byId(Number(row["task"]))?.record.id;
    context.log(
      child,
      `'${what}' runs anew: in the run that is recovered it was '${other?.name}' of version ${other?.version}.`,
    );
    return false;
  }
  if (!sameInputs(context, child, row)) {
    context.log(child, `'${what}' runs anew: in the run that is recovered it had other inputs.`);
    return false;
  }
  const outputs = payloadOf(row, "outputs") ?? { bytes: new Uint8Array() };
  finish(context, child, { phase: "SUCCEEDED", outputs });
  return true;
}

function sameInputs(context: EngineContext, child: ActionState, row: Readonly<Record<string, unknown>>): boolean {
  const there = context.store.objects.get(payloadOf(row, "inputs") ?? { bytes: new Uint8Array() });
  const here = context.inputsOf(child);
  return Buffer.from(here).equals(there) || inputsHash(here) === inputsHash(there);
}

function digestOf(bytes: Uint8Array): string {
  return hash("sha1", bytes, "base64");
}

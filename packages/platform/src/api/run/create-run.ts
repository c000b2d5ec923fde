import { create, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { TaskId } from "@appenv/protocol";
import {
  fromContainerSpec,
  fromRunSpec,
  fromTaskSpec,
  InputsSchema,
  RelationType,
  TaskSpecSchema,
  type CreateRunRequest,
  type RunSpec,
  type TaskSpec,
  type TriggerName,
} from "@appenv/protocol/tasks";
import {
  type NewRun,
  type TaskRecord,
  type TaskRegistry,
  type TriggerRecord,
  type Triggers,
  inputsAt,
} from "@appenv/engine";
import { checkRules } from "../../notifications/check-rules.ts";
import { readSource } from "./messages.ts";
import { invalidRequest, readTaskId, readTriggerId } from "../requests/ids.ts";

/** The annotation of a run that keeps what succeeded in another one, with that run's name. */
const recoverAnnotation = "appenv.dev/recover";

/** The annotation of a run that was made from another one, with that run's name. */
const rerunAnnotation = "appenv.dev/rerun-of";

/** Dependencies of reading a request for a run. */
export interface CreateRunContext {
  readonly registry: Pick<TaskRegistry, "get">;
  readonly triggers: Pick<Triggers, "get">;
  /** Reads inputs that were uploaded before. @throws AppEnvError NOT_FOUND. */
  readonly readInputs: (uri: string) => Promise<Uint8Array>;
  /** @throws AppEnvError LOAD_FAILED if the bundle is not there. */
  readonly checkBundle: (task: TaskRecord) => void;
}

/** The task that a request means, and the trigger if it names that instead. */
export interface RequestedTask {
  readonly task: TaskRecord;
  readonly trigger: TriggerRecord | undefined;
}

/**
 * A request for a run, as the engine takes it. The run's name, its task and its inputs come in several forms.
 *
 * @param idempotencyKey - Two requests with one make one run; empty: none.
 * @throws AppEnvError INVALID_OPTION, NOT_FOUND, LOAD_FAILED, UNSUPPORTED.
 */
export async function readNewRun(
  request: CreateRunRequest,
  idempotencyKey: string,
  context: CreateRunContext,
): Promise<NewRun> {
  const { task, trigger } = readTask(request.task, context);
  context.checkBundle(task);
  const settings =
    request.runSpec === undefined && trigger !== undefined ? trigger.definition.run : fromRunSpec(request.runSpec);
  checkRules(settings.notify ?? task.definition?.settings.notify, `the run of '${task.id.name}'`);
  const relation = readRelation(request.runSpec);
  const recover = settings.annotations[recoverAnnotation] ?? (relation?.recover === true ? relation.run : "");
  const rerunOf = settings.annotations[rerunAnnotation] ?? relation?.run ?? "";
  return {
    ...readTarget(request.id),
    task,
    inputs: await readInputs(request.inputWrapper, trigger, context),
    settings,
    source: readSource(request.source),
    ...(trigger === undefined ? {} : { trigger: { taskName: trigger.taskName, name: trigger.definition.name } }),
    ...(trigger === undefined || request.inputWrapper.case !== undefined
      ? {}
      : { statedInputs: trigger.definition.inputs }),
    ...(idempotencyKey === "" ? {} : { idempotencyKey }),
    ...(recover === "" ? {} : { recover }),
    ...rerunFrom(request.runSpec?.recover?.forceRerunActions ?? [], recover),
    ...(rerunOf === "" ? {} : { rerunOf }),
  };
}

/** The run that a new one is made from, and whether its successful actions are kept; undefined if it is made from none. */
function readRelation(spec: RunSpec | undefined): { readonly run: string; readonly recover: boolean } | undefined {
  const { relatedTo, relationType } = spec?.relation ?? {};
  const isMade = relationType === RelationType.RERUN || relationType === RelationType.RECOVER;
  if (relatedTo === undefined || relatedTo.name === "" || !isMade) return undefined;
  return { run: relatedTo.name, recover: relationType === RelationType.RECOVER };
}

/** The actions from which a run that recovers another one runs again. @throws AppEnvError INVALID_OPTION. */
function rerunFrom(actions: readonly string[], recover: string): Pick<NewRun, "rerunFrom"> {
  if (actions.length === 0) return {};
  if (recover === "") throw invalidRequest("The request names actions to run again, and no run that it recovers.");
  return { rerunFrom: { actions, inputs: new Map() } };
}

function readTarget(id: CreateRunRequest["id"]): Pick<NewRun, "project" | "domain" | "name"> {
  if (id.case === undefined) throw invalidRequest("The request names neither a run nor a project.");
  const { name, project, domain } =
    id.case === "runId" ? id.value : { name: "", project: id.value.name, domain: id.value.domain };
  if (project === "" || domain === "") throw invalidRequest("The request names no project or no domain.");
  if (name === "") return { project, domain };
  if (name.length > 30 || !/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw new AppEnvError(
      "INVALID_NAME",
      `The run name '${name.slice(0, 100)}' must have at most 30 lower case letters, digits and hyphens, with a letter ` +
        "at the beginning and no hyphen at the end.",
      { fix: "Choose such a name, or leave it out: then one is made up." },
    );
  }
  return { project, domain, name };
}

/** @throws AppEnvError INVALID_OPTION, NOT_FOUND. */
export function readTask(
  task: CreateRunRequest["task"],
  { registry, triggers }: Pick<CreateRunContext, "registry" | "triggers">,
): RequestedTask {
  switch (task.case) {
    case "taskId":
      return { task: findTask(registry, readTaskId(task.value)), trigger: undefined };
    case "taskSpec":
      return { task: inlineTask(task.value), trigger: undefined };
    case "triggerName": {
      const trigger = findTrigger(triggers, task.value);
      const { project, domain, taskName: name, taskVersion: version } = trigger;
      return { task: findTask(registry, { project, domain, name, version }), trigger };
    }
    default:
      throw invalidRequest("The request names no task: its id, its spec or a trigger is needed.");
  }
}

/** Without a version: the one deployed last. @throws AppEnvError NOT_FOUND. */
export function findTask(registry: Pick<TaskRegistry, "get">, id: TaskId): TaskRecord {
  const found = registry.get(id, id.version === "" ? undefined : id.version);
  if (found !== undefined) return found;
  const version = id.version === "" ? "" : ` of version '${id.version}'`;
  throw new AppEnvError("NOT_FOUND", `There is no task '${id.name}'${version} in ${id.project}/${id.domain}.`);
}

/** A task that is sent with a request: it needs no registration. @throws AppEnvError INVALID_OPTION. */
export function inlineTask(spec: TaskSpec): TaskRecord {
  const id = spec.taskTemplate?.id;
  if (id === undefined) throw invalidRequest("The request's task spec has no template with an id.");
  const { project, domain, name, version } = id;
  return {
    id: { project, domain, name, version },
    definition: fromTaskSpec(spec) ?? fromContainerSpec(spec),
    spec: toBinary(TaskSpecSchema, spec),
    deployedAt: new Date(),
  };
}

function findTrigger(triggers: Pick<Triggers, "get">, name: TriggerName): TriggerRecord {
  const id = readTriggerId(name);
  const found = triggers.get(id);
  if (found !== undefined) return found;
  throw new AppEnvError(
    "NOT_FOUND",
    `The task '${id.taskName}' in ${id.project}/${id.domain} has no trigger '${id.name}'.`,
  );
}

async function readInputs(
  inputs: CreateRunRequest["inputWrapper"],
  trigger: TriggerRecord | undefined,
  context: CreateRunContext,
): Promise<Uint8Array> {
  if (inputs.case === "inputs") return toBinary(InputsSchema, inputs.value);
  if (inputs.case === "offloadedInputData") return context.readInputs(inputs.value.uri);
  if (trigger === undefined) return toBinary(InputsSchema, create(InputsSchema));
  const { inputs: stated, kickoffTimeInput } = trigger.definition;
  return inputsAt(stated, kickoffTimeInput, new Date());
}

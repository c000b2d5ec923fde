import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  InputsSchema,
  RunSpecSchema,
  TaskActionSchema,
  type CreateRunRequest,
  type Inputs,
  type TaskIdentifier,
  type TaskSpec,
} from "@appenv/protocol/tasks";
import type { BackendParts } from "../parts.ts";
import { keyOf } from "../pods.ts";
import type { FakeS3 } from "../s3.ts";
import { newAction, type ActionState, type RunName } from "../state.ts";
import type { StoredTrigger } from "../triggers/trigger-store.ts";

/**
 * Creates a run. A second one of the same name answers with the first one, and overwrites its inputs.
 *
 * @throws ConnectError InvalidArgument, NotFound.
 */
export function createRun(parts: BackendParts, request: CreateRunRequest): ActionState {
  const { state, pods, s3 } = parts;
  const run = nameOf(request);
  checkProject(parts, run.project);
  const trigger = request.task.case === "triggerName" ? parts.triggers.find(request.task.value) : undefined;
  const { id, spec } = taskOf(parts, request, trigger);
  const inputUri = inputsOf(s3, run, offloadedOf(request, trigger), spec);
  const known = state.get(run, "a0");
  if (known !== undefined) return known;
  const action = newAction({
    run,
    name: "a0",
    parent: undefined,
    group: "",
    spec: { case: "task", value: create(TaskActionSchema, { spec, ...(id === undefined ? {} : { id }) }) },
    inputUri,
    runBase: `s3://flyte-data/${run.project}/${run.domain}/${run.name}/`,
    runSpec: {
      ...(request.runSpec ?? trigger?.spec.runSpec ?? create(RunSpecSchema)),
      runStartTime: request.runStartTime ?? timestampNow(),
    },
  });
  state.add(action);
  setImmediate(() => pods.start(action));
  return action;
}

/** @throws ConnectError NotFound. */
export function checkProject({ projects }: Pick<BackendParts, "projects">, project: string): void {
  if (!projects.has(project)) throw new ConnectError(`project "${project}" not found`, Code.NotFound);
}

function nameOf({ id }: CreateRunRequest): RunName {
  if (id.case === "runId") {
    const { project, domain, name } = id.value;
    return { project, domain, name: checkName(name) };
  }
  if (id.case !== "projectId") throw new ConnectError("invalid run ID type", Code.InvalidArgument);
  return { project: id.value.name, domain: id.value.domain, name: `r${randomBytes(10).toString("hex").slice(0, 19)}` };
}

/** The names of Kubernetes' objects begin with the run's: it must be a label of DNS-1035. */
function checkName(name: string): string {
  if (/^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name)) return name;
  throw new ConnectError(`invalid run name "${name}": a DNS-1035 label must consist of ...`, Code.InvalidArgument);
}

function taskOf(
  { tasks }: BackendParts,
  { task }: CreateRunRequest,
  trigger: StoredTrigger | undefined,
): { readonly id: TaskIdentifier | undefined; readonly spec: TaskSpec } {
  if (task.case === "taskSpec") return { id: undefined, spec: task.value };
  const id = task.case === "taskId" ? task.value : trigger?.taskId;
  const spec = id && tasks.get(id);
  if (spec === undefined) throw new ConnectError("task not found", Code.NotFound);
  return { id, spec };
}

/** The inputs of a trigger count only if they were uploaded. */
function offloadedOf({ inputWrapper }: CreateRunRequest, trigger: StoredTrigger | undefined) {
  const offloaded = trigger?.spec.inputWrapper.case === "offloadedInputData" ? trigger.spec.inputWrapper : undefined;
  return inputWrapper.case === undefined && offloaded !== undefined ? offloaded : inputWrapper;
}

function inputsOf(s3: FakeS3, run: RunName, inputWrapper: CreateRunRequest["inputWrapper"], spec: TaskSpec): string {
  if (inputWrapper.case === "offloadedInputData") return `${inputWrapper.value.uri}/inputs.pb`;
  const inputs = withDefaults(inputWrapper.case === "inputs" ? inputWrapper.value : create(InputsSchema), spec);
  const uri = `s3://flyte-data/${run.project}/${run.domain}/${run.name}/inputs/inputs.pb`;
  s3.objects.set(keyOf(uri), toBinary(InputsSchema, inputs));
  return uri;
}

function withDefaults({ literals, context }: Inputs, { defaultInputs }: TaskSpec): Inputs {
  const missing = defaultInputs.flatMap(({ name, parameter }) => {
    const behavior = parameter?.behavior;
    if (behavior?.case !== "default" || literals.some((literal) => literal.name === name)) return [];
    return [{ name, value: behavior.value }];
  });
  return create(InputsSchema, { literals: [...literals, ...missing], context });
}

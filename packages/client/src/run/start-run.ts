import { create, fromBinary } from "@bufbuild/protobuf";
import { AppEnvError, type RunOptions } from "@appenv/core";
import {
  currentNotes,
  currentRunContext,
  currentTrace,
  inSpan,
  readNotify,
  runAttributes,
  runSpan,
  type TaskInterface,
  toTraceVars,
} from "@appenv/core/internal";
import {
  CreateRunRequestSchema,
  encodeInputs,
  InputsSchema,
  RunSource,
  type RunSpec,
  RunSpecSchema,
  toAnnotations,
  toNotificationSettings,
  toTaskIdentifier,
} from "@appenv/protocol/tasks";
import type { TaskId } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { absolutePaths } from "./absolute-paths.ts";
import type { AskedIdentity } from "./cluster/asked-identity.ts";
import { checkClusterRules } from "./notify.ts";
import type { RerunStart } from "./rerun-from.ts";
import { Run } from "./run.ts";
import { checkSchedule, scheduleAnnotations } from "./schedule.ts";
import { checkOrder, orderAnnotations } from "./order.ts";
import { sendRun } from "./send-run.ts";

/** The task, inputs and options of a run. */
export interface NewRun {
  readonly task: TaskId;
  readonly interface: TaskInterface;
  /** `task.Inputs`, as bytes. */
  readonly inputs: Uint8Array;
  /** The action of the recovered run from which it runs again. */
  readonly from?: RerunStart | undefined;
  /** Of the task: a cluster has them only with a run. */
  readonly defaultNotify?: RunOptions["notify"];
  readonly options: Omit<RunOptions, "endpoint" | "local" | "project" | "domain"> & Pick<AskedIdentity, "isKeyOfCode">;
}

/** Checks and encodes the inputs of `run`, as `task.Inputs`. @throws AppEnvError INVALID_INPUT naming the input. */
export function readInputs(type: TaskInterface, inputs: unknown): Uint8Array {
  if (inputs === undefined || inputs === null) return encodeInputs(type, {});
  if (typeof inputs !== "object" || Array.isArray(inputs)) {
    throw new AppEnvError("INVALID_INPUT", "The inputs are not an object of the task's inputs by name.");
  }
  return encodeInputs(type, absolutePaths(inputs) as Record<string, unknown>);
}

/** Starts a run. Resolves when the control plane has accepted it. @throws AppEnvError RUN_EXISTS, UNREACHABLE, ... */
export function startRun(controlPlane: ControlPlane, run: NewRun): Promise<Run> {
  return inSpan(
    () => runSpan(run.task),
    async (span) => {
      const started = await start(controlPlane, run);
      span?.set(runAttributes(started.name));
      return started;
    },
  );
}

async function start(controlPlane: ControlPlane, { task, inputs, options, from, ...rest }: NewRun): Promise<Run> {
  const { project, domain } = task;
  const { name } = options;
  checkSchedule(controlPlane, options);
  checkOrder(controlPlane, options);
  const notify = notifyOf(controlPlane, options.notify, rest.defaultNotify);
  const request = create(CreateRunRequestSchema, {
    id:
      name === undefined
        ? { case: "projectId", value: { name: project, domain } }
        : { case: "runId", value: { project, domain, name } },
    task: { case: "taskId", value: toTaskIdentifier(task) },
    inputWrapper: { case: "inputs", value: fromBinary(InputsSchema, inputs) },
    runSpec: runSpec(controlPlane, { ...options, ...(notify && { notify }) }, from?.action),
    source: RunSource.CLI,
  });
  const message = await counted(task.name, () => sendRun(controlPlane, request, options, from));
  if (message?.action === undefined) {
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the run.`);
  }
  const run = new Run(controlPlane, message.action, { interface: rest.interface, labels: { ...options.labels } });
  // A platform in this process stays up until the run has ended, whether anybody waits for it or not.
  if (controlPlane.startedHere) run.wait({ throws: false }).catch(() => {});
  return run;
}

/** The embedded platform knows those of the task. @throws AppEnvError INVALID_OPTION, UNSUPPORTED. */
function notifyOf(
  { embedded }: ControlPlane,
  stated: RunOptions["notify"],
  ofTask: RunOptions["notify"],
): RunOptions["notify"] {
  if (embedded) return stated;
  const notify = readNotify(stated ?? ofTask, "run.notify");
  checkClusterRules(notify, "the run");
  return notify;
}

/** Has the platform told of the call, if the code that starts the run is in one of its processes. */
export async function counted<T>(name: string, send: () => Promise<T>): Promise<T> {
  try {
    const answer = await send();
    currentNotes()?.countCall({ kind: "task", name }, false);
    return answer;
  } catch (error) {
    currentNotes()?.countCall({ kind: "task", name }, true);
    throw error;
  }
}

/** The settings of a run, as a message, with the trace context of the code that starts it. */
export function runSpec({ embedded }: ControlPlane, options: NewRun["options"], from?: string): RunSpec {
  const { labels = {}, annotations = {}, envVars = {}, overwriteCache = false, notify, ...rest } = options;
  const trace = currentTrace();
  const traceVars = trace === undefined || embedded ? {} : toTraceVars(trace);
  const values = Object.entries({ ...traceVars, ...envVars }).map(([key, value]) => ({ key, value }));
  return create(RunSpecSchema, {
    labels: { values: { ...labels } },
    annotations: {
      values: {
        ...annotations,
        ...scheduleAnnotations(rest),
        ...orderAnnotations(rest),
        ...(trace !== undefined && embedded ? toAnnotations({ trace }) : {}),
      },
    },
    envs: { values },
    overwriteCache,
    notificationSettings: toNotificationSettings(readNotify(notify, "run.notify")),
    ...(from === undefined ? {} : { recover: { forceRerunActions: [from] } }),
  });
}

/**
 * Options of a run that may be started inside another one: all attempts of the code that starts it make one run.
 *
 * @param what - The full name of the task, or a text that names what is started.
 * @param inputs - `task.Inputs`.
 */
export function onceInRun<Options extends Pick<RunOptions, "idempotencyKey">>(
  options: Options,
  what: string,
  inputs: Uint8Array,
): Options {
  if (options.idempotencyKey !== undefined) return options;
  const key = currentRunContext()?.runKey(what, inputs);
  return key === undefined ? options : { ...options, idempotencyKey: key, isKeyOfCode: true };
}
